import Tensors
import Testing
import TokenMerging

/// The examples of TokenMerging's pages, see ``PageTests``.
@Suite struct TokenMergingPageTests {
  /// Numbers that differ from token to token, without a pattern.
  private func numbers(_ shape: Shape) -> Tensor {
    var state: UInt32 = 1
    return Tensor(
      (0..<shape.count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return Float(state >> 8) / Float(1 << 23) - 1
      }, shape: shape)
  }

  @Test func `begin with half of a grid's tokens`() {
    let tokens = numbers([1, 16, 3])
    // TokenMerging.md
    var session = MergingSession(options: MergingOptions(ratio: 0.5), seed: 0)
    let merges = session.blockMerges(for: tokens, normed: tokens, latentHeight: 4, latentWidth: 4)
    let fewer = merges.attention.merge(tokens)
    let whole = merges.attention.unmerge(fewer, adding: Tensor(zeros: tokens.shape))
    // end
    #expect(fewer.shape == [1, 8, 3] && whole.shape == tokens.shape)
    // A merged token is the mean of its own, and comes back in place of each of them.
    let sums = [tokens, whole].map { $0.values.reduce(0) { $0 + Double($1) } }
    #expect(abs(sums[0] - sums[1]) < 1e-4)
    #expect(tokens.values != whole.values)
  }

  @Test func `merge in a transformer block`() throws {
    let (hidden, normed) = (numbers([2, 64, 8]), numbers([2, 64, 8]))
    func attend(_ queries: Tensor, _ context: Tensor) -> Tensor { queries }
    // MergeInABlock.md
    let options = MergingOptions(ratio: 0.5, maxDownsample: 1)
    try options.validate()
    let grid = TokenGrid(tokens: 64, latentWidth: 8, latentHeight: 8)
    let mergedCount = grid.map { options.mergedCount(of: $0) }
    // end
    // MergeInABlock.md
    var session = MergingSession(options: options, seed: 42)
    session.begin(evaluation: 0, of: 20, mapped: true)
    // end
    // MergeInABlock.md
    let merges = session.blockMerges(
      for: hidden, normed: normed, latentHeight: 8, latentWidth: 8, block: "mid_block")
    let (queries, context) = merges.selfAttentionInputs(normed)
    let attended = merges.attention.unmerge(attend(queries, context), adding: hidden)
    // end
    // MergeInABlock.md
    let tally = session.statistics.overall
    let share = tally.effectiveRatio
    let similarity = tally.meanSimilarity
    // end
    // MergeInABlock.md
    let moved = session.maps.map { map in
      map.destinations.indices.filter { map.destinations[$0] != $0 }
    }
    // end
    #expect(mergedCount == 32 && share == 0.5)
    #expect(queries.shape == [2, 32, 8] && context.shape == queries.shape && attended.shape == hidden.shape)
    let mean = try #require(similarity)
    #expect(mean > 0 && mean <= 1 && tally.minimumSimilarity <= mean && tally.passes == 2)
    #expect(moved.map(\.count) == [32] && session.maps[0].block == "mid_block")
  }
}
