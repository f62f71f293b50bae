import Tensors
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
    let grid = TokenGrid(width: width, height: height, downsample: 1, blocks: 5)
    #expect(options.effectiveRatio(over: [grid]) == effective)
  }

  @Test func `the effective ratio is that of the blocks that merge, by their tokens`() {
    let (fine, coarse) = (
      TokenGrid(width: 10, height: 6, downsample: 1, blocks: 2),
      TokenGrid(width: 5, height: 3, downsample: 2, blocks: 4)
    )
    func ratio(_ options: MergingOptions, _ grids: [TokenGrid] = [fine, coarse]) -> Double {
      options.effectiveRatio(over: grids)
    }
    #expect(ratio(MergingOptions(ratio: 0.9)) == 0.75)
    // 13 of the coarse grid's 15 tokens are sources: the ratio itself is less.
    #expect(ratio(MergingOptions(ratio: 0.8, maxDownsample: 2)) == (0.75 * 120 + 0.8 * 60) / 180)
    #expect(ratio(MergingOptions(ratio: 0.3, maxDownsample: 8)) == 0.3)
    #expect(ratio(MergingOptions(ratio: 0.5), [coarse]) == 0)
    #expect(ratio(MergingOptions(ratio: 0.5), []) == 0)
    // ComfyUI's node knows nothing coarser than the latents, nor other cells.
    #expect(ratio(MergingOptions(ratio: 0.9, maxDownsample: 8, sx: 4, variant: .comfyui)) == 0.75)
  }

  @Test(arguments: [(9, 1, 2, 2), (2, 64, 3, 2), (3, 3, 4, 1), (5, 5, 1 << 32, 1 << 32)])
  func `a grid without a whole cell is left alone`(width: Int, height: Int, sx: Int, sy: Int) {
    let options = MergingOptions(ratio: 0.5, sx: sx, sy: sy)
    #expect(options.mergedCount(gridWidth: width, gridHeight: height) == 0)
    let grid = TokenGrid(width: width, height: height, downsample: 1, blocks: 1)
    #expect(options.effectiveRatio(over: [grid]) == 0)
    var session = MergingSession(options: options, seed: 0)
    let tokens = Tensor(zeros: [2, width * height, 4])
    _ = session.blockMerges(for: tokens, normed: tokens, latentHeight: height, latentWidth: width)
    #expect(session.statistics.overall.merged == 0)
  }

  @Test func `the grid of a block's tokens is tomesd's, if it has one`() {
    func grid(_ tokens: Int, _ width: Int, _ height: Int) -> TokenGrid? {
      TokenGrid(tokens: tokens, latentWidth: width, latentHeight: height)
    }
    #expect(grid(64 * 64, 64, 64) == TokenGrid(width: 64, height: 64, downsample: 1, blocks: 1))
    #expect(grid(13 * 9, 25, 18) == TokenGrid(width: 13, height: 9, downsample: 2, blocks: 1))
    #expect(grid(32, 64, 2) == TokenGrid(width: 32, height: 1, downsample: 2, blocks: 1))
    // 16×1 tokens of 64×2 latents: a third of the width would be 22.
    #expect(grid(16, 64, 2) == nil)
    #expect(grid(0, 8, 8) == nil && grid(65, 8, 8) == nil)
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
