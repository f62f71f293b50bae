import StableDiffusion
import Tensors
import Testing

@testable import Benchmarking

/// The methods of a model's convolutions, found by walking the model itself.
@Suite struct ConvolutionPlanTests {
  @Test func `the UNet of Stable Diffusion 1 has 98 convolutions, by the fastest method each`() throws {
    let item = BenchmarkCase(width: 512, height: 512)
    let planned = try ConvolutionPlan.convolutions(item, of: .random(.sd15))
    // conv_in, conv_out; 22 resnets of two, 14 of them with a shortcut; three down, three up;
    // 16 transformers with a 1×1 convolution before and after.
    #expect(planned.count == 2 + 22 * 2 + 14 + 3 + 3 + 32)
    #expect(Set(planned.map(\.name)).count == planned.count)
    #expect(planned.first?.name == "conv_in" && planned.last?.name == "conv_out")
    for layer in planned {
      #expect(layer.method == .fastest(for: layer.size))
      #expect(layer.cost > 0 && (layer.costOfNextBest ?? 1) >= 1, "\(layer.name)")
      #expect((layer.size.geometry.kernel == 1) == (layer.method == .pointwise), "\(layer.name)")
    }
    let resnet = try #require(planned.first { $0.name == "down_blocks.0.resnets.0.conv1" })
    #expect(resnet.method == .winograd)
    #expect((resnet.size.batch, resnet.size.height, resnet.size.input) == (2, 64, 320))
    let down = try #require(planned.first { $0.name == "down_blocks.0.downsamplers.0.conv" })
    #expect(down.method == .direct && down.size.geometry.stride == 2)
  }

  @Test func `a map that is decoded in bands counts once, as a whole`() throws {
    let item = BenchmarkCase(part: .vae, width: 512, height: 512)
    let planned = try ConvolutionPlan.convolutions(item, of: .random(.sd15))
    #expect(Set(planned.map(\.name)).count == planned.count)
    // The largest maps, 1×1 convolutions too.
    let finest = planned.filter { $0.name.hasPrefix("decoder.up_blocks.3.") }
    #expect(finest.count == 7)
    #expect(finest.allSatisfy { $0.size.height == 512 && $0.size.width == 512 && $0.precision == .fp32 })
  }

  @Test func `nothing is written down outside of a recording`() {
    let size = ConvolutionSize(
      input: [1, 4, 4, 8], output: 8, geometry: ConvolutionGeometry(kernel: 3, stride: 1, padding: 1))
    let layer = PlannedConvolution(name: "layer", size: size, precision: .fp32, method: .direct)
    ConvolutionLog.note(layer)
    let recorded = ConvolutionLog.recording {
      ConvolutionLog.note(layer)
      ConvolutionLog.note(layer)
    }
    #expect(recorded == [layer])
  }
}
