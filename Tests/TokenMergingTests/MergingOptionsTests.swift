import Testing
import TokenMerging

@Suite struct MergingOptionsTests {
  @Test(arguments: [
    (0.5, 2, 2, 8, 8, 32, 0.5), (0.9, 2, 2, 8, 8, 48, 0.75), (0.3, 2, 2, 32, 32, 307, 0.3),
    // A grid of 5×3 holds two whole 2×2 cells, so 13 of its 15 tokens can go.
    (1.0, 2, 2, 5, 3, 13, 13.0 / 15), (0.9, 3, 2, 6, 4, 20, 20.0 / 24), (0.0, 2, 2, 8, 8, 0, 0.0),
  ])
  func `cells cap how many tokens can be merged`(
    ratio: Double, sx: Int, sy: Int, width: Int, height: Int, merged: Int, effective: Double
  ) {
    let options = MergingOptions(ratio: ratio, sx: sx, sy: sy)
    #expect(options.mergedCount(gridWidth: width, gridHeight: height) == merged)
    #expect(options.effectiveRatio(latentWidth: width, latentHeight: height) == effective)
  }

  @Test(arguments: [
    (MergingOptions(ratio: -0.1), "ratio"), (MergingOptions(ratio: 1.5), "ratio"),
    (MergingOptions(ratio: .nan), "ratio"), (MergingOptions(maxDownsample: 3), "max_downsample"),
    (MergingOptions(sx: 0), "sx"), (MergingOptions(sy: -2), "sy"),
  ])
  func `an argument out of range is named`(options: MergingOptions, argument: String) throws {
    let error = try #require(throws: MergingError.self) { try options.validate() }
    guard case .outOfRange(argument, _, _) = error else {
      Issue.record("\(error) does not name \(argument)")
      return
    }
  }
}
