import Checkpoints
import DemoCheckpoint
import Foundation
import Images
import Metrics
import StableDiffusion
import Statistics
import Tensors
import Testing
import TokenMerging

/// The examples of the libraries' documentation, written against what is public.
@Suite struct ExampleTests {
  private let url: URL

  init() throws { url = try DemoCheckpoint.folder() }

  @Test func `of StableDiffusion makes a picture`() throws {
    // StableDiffusion
    let pipeline = try DiffusionPipeline(url)
    let options = SamplingOptions(steps: 2, guidanceScale: 6, width: 64, height: 64)
    let conditioning = try pipeline.conditioning(
      for: "a red cube", guidanceScale: options.guidanceScale)
    var latents: Tensor?
    for step in try pipeline.denoise(
      conditioning, seed: 0, options: options, merging: MergingOptions(ratio: 0.5))
    {
      latents = step.latents
    }
    let image = try latents.map { try pipeline.decode($0) }
    // end
    let made = try #require(image)
    #expect(made.width == 64 && made.height == 64 && Set(made.pixels).count > 16)
  }

  @Test func `of TokenMerging merges half of a grid's tokens`() throws {
    let tokens = Tensor((0..<48).map { sin(Float($0 * $0)) }, shape: [1, 16, 3])
    // TokenMerging
    let options = MergingOptions(ratio: 0.5)
    let matching = BipartiteMatching(
      metric: tokens, gridWidth: 4, gridHeight: 4, sx: options.sx, sy: options.sy,
      merged: options.mergedCount(gridWidth: 4, gridHeight: 4), choices: nil)
    let merge = TokenMerge(matching)
    let fewer = merge.merge(tokens)
    let whole = merge.unmerge(fewer, adding: Tensor(zeros: tokens.shape))
    // end
    #expect(fewer.shape == [1, 8, 3] && whole.shape == tokens.shape)
    // A merged token is the mean of its own, and comes back in place of each of them.
    let sums = [tokens, whole].map { $0.values.reduce(0) { $0 + Double($1) } }
    #expect(abs(sums[0] - sums[1]) < 1e-4)
    #expect(tokens.values != whole.values)
  }

  @Test func `of Checkpoints reads a tensor`() throws {
    // Checkpoints
    let folder = try ModelDirectory(url)
    let unet = try folder.component("unet")
    let width = try unet.fields(of: "config.json").whole("in_channels", .channels)
    let weights = try unet.weights()
    let shape = weights.shape("conv_in.weight")
    let kernel = try shape.map { try weights.tensor("conv_in.weight", $0) }
    // end
    let found = try #require(shape)
    #expect(found.rank == 4 && found[1] == width)
    #expect(kernel?.shape == found)
  }

  @Test func `of Metrics measures how far two pictures are apart`() throws {
    func gray(_ level: UInt8) -> RGBImage {
      RGBImage(width: 16, height: 16, pixels: .init(repeating: level, count: 16 * 16 * 3))
    }
    let (merged, plain) = (gray(101), gray(100))
    // Metrics
    let differences = try ImageDifferences(of: merged, to: plain)
    let lines = [Metric.mae, .ssim, .psnr].map { metric in
      "\(metric.title): \(differences[metric] ?? .nan), \(metric.formula)"
    }
    // end
    #expect(differences.mae == 1 && !differences.identical)
    #expect(abs(try #require(differences.psnr) - 20 * log10(255)) < 1e-9)
    #expect(lines[0].hasPrefix("\(Metric.mae.title): 1.0, "))
  }

  @Test func `of Statistics judges scores`() throws {
    let plain = [31.2, 28.4, 33.0, 29.5, 30.1, 27.7, 32.6, 30.9, 29.0, 31.8]
    let merged = [29.1, 26.5, 30.8, 27.6, 28.0, 25.8, 30.4, 29.0, 26.9, 29.9]
    // Statistics
    let pairs = zip(plain, merged).enumerated().map { prompt, scores in
      PairedSample<Int>.Pair(prompt: prompt, baseline: scores.0, variant: scores.1)
    }
    let margin = 0.01 * plain.reduce(0, +) / Double(plain.count)
    let comparison = PairedComparison.all([PairedSample(pairs)], margin: margin)[0]
    // end
    let judged = try #require(comparison)
    #expect(judged.verdict == .worse && judged.promptCount == 10)
    #expect(abs(judged.difference.value - -2.02) < 1e-9)
    #expect(try #require(judged.difference.interval).upper < -margin)
  }

  @Test(arguments: ["StableDiffusion", "TokenMerging", "Checkpoints", "Metrics", "Statistics"])
  func `stand in the documentation as they are tested`(library: String) throws {
    let source = try String(contentsOf: URL(fileURLWithPath: #filePath), encoding: .utf8)
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "    // \(library)"))
    let end = try #require(lines[start...].firstIndex(of: "    // end"))
    let example = lines[start + 1..<end].map { $0.dropFirst(4) }.joined(separator: "\n")
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = root.appendingPathComponent("Sources/\(library)/\(library).docc/\(library).md")
    let documentation = try String(contentsOf: page, encoding: .utf8)
    #expect(documentation.contains("\n```swift\n\(example)\n```\n"), "\(example)")
  }
}
