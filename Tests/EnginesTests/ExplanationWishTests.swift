import Engines
import Testing

/// Which steps of a pass are looked into.
@Suite struct ExplanationWishTests {
  @Test(
    arguments: [
      (1, 0..<20, [19]), (2, 0..<20, [0, 19]), (3, 0..<20, [0, 10, 19]), (3, 0..<5, [0, 2, 4]),
      (6, 0..<20, [0, 4, 8, 11, 15, 19]), (20, 0..<20, Array(0..<20)),
      // More than there are: each once.
      (9, 0..<3, [0, 1, 2]), (3, 0..<1, [0]),
      // Merging that begins late and ends early.
      (3, 4..<9, [4, 6, 8]), (3, 4..<4, []), (1, 4..<9, [8]),
    ] as [(Int, Range<Int>, [Int])])
  func `even ones go from the first to the last`(count: Int, range: Range<Int>, steps: [Int]) {
    #expect(ExplanationWish.Steps.evenly(count).indices(of: range) == Set(steps))
  }

  @Test func `listed ones count from 1, and are those that the pass has`() {
    let steps = ExplanationWish.Steps.listed([1, 10, 20])
    #expect(steps.indices(of: 0..<20) == [0, 9, 19])
    #expect(steps.indices(of: 0..<12) == [0, 9])
    #expect(steps.indices(of: 5..<12) == [9])
    #expect(steps.indices(of: 0..<0).isEmpty)
    #expect(ExplanationWish.Steps.listed([3, 3]).indices(of: 0..<5) == [2])
    #expect(ExplanationWish.Steps.listed([]).indices(of: 0..<5).isEmpty)
  }
}
