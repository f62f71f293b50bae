import Checkpoints
import DemoCheckpoint
import Foundation
import Tensors
import Testing

/// The examples of Checkpoints' pages, see ``PageTests``.
@Suite struct CheckpointsPageTests {
  private let folder: URL

  init() throws { folder = try DemoCheckpoint.folder() }

  @Test func `begin with a tensor`() throws {
    // Checkpoints.md
    let model = try ModelDirectory(folder)
    let unet = try model.component("unet")
    let width = try unet.fields(of: "config.json").whole("in_channels", .channels)
    let weights = try unet.weights()
    let shape = weights.shape("conv_in.weight")
    let kernel = try shape.map { try weights.tensor("conv_in.weight", $0) }
    // end
    let found = try #require(shape)
    #expect(found.rank == 4 && found[1] == width)
    #expect(kernel?.shape == found)
  }

  @Test func `read a checkpoint`() throws {
    // ReadACheckpoint.md
    let model = try ModelDirectory(folder)
    let unet = try model.component("unet")
    // end
    // ReadACheckpoint.md
    let fields = try unet.fields(of: "config.json")
    let inputs = try fields.whole("in_channels", .channels) ?? 4
    let widths = try fields.wholes("block_out_channels", .channels, count: 1...10) ?? [320, 640, 1280, 1280]
    // end
    // ReadACheckpoint.md
    let weights = try unet.weights()
    let kernel = try weights.conv_in.tensor("weight", [widths[0], inputs, 3, 3])
    let bias = try weights.conv_in.tensor("bias", [widths[0]])
    let hasNorm = weights.down_blocks[0].resnets[0].norm1.has("weight")
    // end
    // ReadACheckpoint.md
    var message = ""
    do {
      _ = try weights.conv_in.tensor("weight", [widths[0], inputs, 5, 5])
    } catch {
      message = error.description
      if case .wrongShape(_, let key, let expected, let found) = error {
        message = "\(key) is \(found), not \(expected)"
      }
    }
    // end
    // ReadACheckpoint.md
    var unread: [String] = []
    do {
      try weights.requireAllUsed(ignoring: ["down_blocks.", "mid_block.", "up_blocks."])
    } catch {
      if case .unusedTensors(_, let keys) = error { unread = keys }
    }
    // end
    // ReadACheckpoint.md
    let file = try SafetensorsFile(folder.appendingPathComponent("unet/\(unet.weightsName())"))
    let types = Set(file.entries.values.map(\.type))
    let largest = try file.keys.filter { $0.hasSuffix("norm1.weight") }
      .map { (key: $0, value: try file.tensor($0).values.max() ?? 0) }
      .max { $0.value < $1.value }
    // end
    #expect(kernel.shape == [widths[0], inputs, 3, 3] && bias.count == widths[0] && hasNorm)
    #expect(message.hasPrefix("conv_in.weight is ") && message.contains("not "))
    #expect(unread.contains("conv_out.weight") && !unread.contains("conv_in.weight"))
    #expect(types.isSubset(of: ["F32", "F16", "BF16"]) && !types.isEmpty)
    #expect(try #require(largest).value > 0)
  }
}
