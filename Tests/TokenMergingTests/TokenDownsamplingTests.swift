import Foundation
import Tensors
import Testing
import TokenMerging

/// What ToDo leaves of a grid, and in which steps merging takes place. The numbers of a UNet that does so are compared
/// in `UNetTokenMergingTests`.
@Suite struct TokenDownsamplingTests {
  private static let grids: [(factor: Double, width: Int, height: Int, kept: Int)] = [
    (2, 64, 64, 1024), (2, 9, 5, 8), (3, 63, 63, 441), (1.5, 12, 10, 48), (9, 8, 8, 1), (1, 8, 8, 64),
  ]

  @Test(arguments: grids) func `a factor thins both sides, to whole rows and columns`(
    factor: Double, width: Int, height: Int, kept: Int
  ) {
    let ratio = MergingOptions.ratio(factor: factor)
    let options = MergingOptions(ratio: ratio, sx: 4, mergeMlp: true, variant: .todo)
    let grid = TokenGrid(width: width, height: height, downsample: 1, blocks: 3)
    let leftOut = width * height - kept
    let effective = Double(leftOut) / Double(width * height)
    #expect(abs(options.effectiveRatio(over: [grid]) - effective) < 1e-12)
    #expect(options.mergedCount(of: grid) == leftOut)
    #expect(abs(options.factor - factor) < 1e-9)
    // One level deeper there is nothing to do.
    let coarse = TokenGrid(width: width, height: height, downsample: 2, blocks: 1)
    #expect(options.mergedCount(of: coarse) == 0)
    #expect(options.inForce == MergingOptions(ratio: ratio, variant: .todo))
  }

  @Test func `a picture's statistics count what was left out, and know no similarity`() {
    var session = MergingSession(options: MergingOptions(ratio: 0.75, variant: .todo), seed: 0)
    let tokens = Tensor(zeros: [2, 64, 4])
    let merges = session.blockMerges(for: tokens, normed: tokens, latentHeight: 8, latentWidth: 8, block: "a")
    let inputs = merges.selfAttentionInputs(tokens)
    #expect(inputs.queries.shape == [2, 64, 4] && inputs.context.shape == [2, 16, 4])
    #expect(session.statistics.overall.passes == 2 && session.statistics.overall.effectiveRatio == 0.75)
    #expect(session.statistics.overall.tokensKept == 16 && session.statistics.overall.meanSimilarity == nil)
  }

  private static let parts: [(start: Double, end: Double, count: Int, on: Range<Int>)] = [
    (0, 0.6, 5, 0..<3), (0, 0.57, 100, 0..<57), (0.5, 1, 5, 2..<5), (0, 0.1, 5, 0..<0),
    (0.29, 0.57, 7, 2..<3),
    (0, 1, 8, 0..<8),
  ]

  @Test(arguments: parts) func `a part of the steps is rounded down at both ends`(
    start: Double, end: Double, count: Int, on: Range<Int>
  ) throws {
    let range = try #require(StepRange(from: start, to: end))
    #expect(range.indices(of: count) == on)
    let options = MergingOptions(ratio: 0.5, steps: range)
    var session = MergingSession(options: options, seed: 0)
    let tokens = Tensor([Float](repeating: 1, count: 128), shape: [2, 16, 4])
    let merging = (0..<count).filter { index in
      session.begin(evaluation: index, of: count)
      let before = session.statistics.overall.passes
      _ = session.blockMerges(for: tokens, normed: tokens, latentHeight: 4, latentWidth: 4)
      return session.statistics.overall.passes > before
    }
    #expect(merging == Array(on))
  }

  @Test(arguments: [
    ("0-60%", 0.0, 0.6), ("0.25-1", 0.25, 1.0), ("12.5%-100%", 0.125, 1.0), ("0-100%", 0.0, 1.0),
  ])
  func `parts of the steps are written in percent or as shares`(text: String, start: Double, end: Double)
    throws
  {
    let range = try #require(StepRange(text))
    #expect(range.start == start && range.end == end)
    #expect(StepRange(range.description) == range)
    let coded = try JSONDecoder().decode(
      MergingOptions.self, from: JSONEncoder().encode(MergingOptions(steps: range, variant: .todo)))
    #expect(coded.steps == range && coded.variant == .todo)
  }

  @Test(arguments: ["", "60%", "60-0%", "0-0", "0-60", "-1-5%", "a-b", "0-nan", "0-101%", "0-1-2"])
  func `what is no part of the steps is none`(text: String) {
    #expect(StepRange(text) == nil)
  }

  @Test func `options of the whole way are written as ever`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let text = String(decoding: try encoder.encode(MergingOptions()), as: UTF8.self)
    #expect(!text.contains("steps") && !text.contains("variant"))
    let broken =
      #"{"ratio":0.5,"maxDownsample":1,"sx":2,"sy":2,"useRand":true,"mergeAttn":true,"#
      + #""mergeCrossattn":false,"mergeMlp":false,"steps":{"start":0.5,"end":0.2}}"#
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(MergingOptions.self, from: Data(broken.utf8))
    }
  }
}
