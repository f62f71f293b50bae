import Foundation
import ReferenceFixtures
import Tensors
import Testing

@testable import TokenMerging

/// Matching, merging and unmerging, against tomesd's bipartite_soft_matching_random2d.
@Suite(.everyProductBackend) struct BipartiteMatchingTests {
  private struct Case: Decodable {
    let name: String
    let height: Int
    let width: Int
    let sx: Int
    let sy: Int
    let ratio: Double
    let useRand: Bool
    let seed: UInt64
    let mergedTokens: Int

    /// The matching of a metric, with the choices that torch's generator gives.
    func matching(_ metric: Tensor) -> BipartiteMatching {
      var generator = TorchGenerator(seed: seed)
      let cells = (height / sy) * (width / sx)
      let options = MergingOptions(ratio: ratio, sx: sx, sy: sy)
      return BipartiteMatching(
        metric: metric, gridWidth: width, gridHeight: height, sx: sx, sy: sy,
        merged: options.mergedCount(gridWidth: width, gridHeight: height),
        choices: useRand ? generator.randint(cells, below: sx * sy) : nil)
    }
  }

  private struct Settings: Decodable {
    let cases: [Case]
  }

  private func forEachCase(_ body: (Fixture, Case) throws -> Void) throws {
    let fixture = try Fixture("TokenMerging", "matching")
    for item in try fixture.settings(Settings.self).cases { try body(fixture, item) }
  }

  @Test func `destinations are tomesd's, given the same seed`() throws {
    try forEachCase { fixture, item in
      let matching = item.matching(try fixture.input("input.metric.\(item.name)"))
      let reference = try fixture.integers("\(item.name).destinations")
      #expect(matching.destinations.map(Int.init) == reference, "\(item.name)")
    }
  }

  @Test func `every token merges where tomesd merges it`() throws {
    try forEachCase { fixture, item in
      let metric = try fixture.input("input.metric.\(item.name)")
      let matching = item.matching(metric)
      let grid = TokenGrid(width: item.width, height: item.height, downsample: 1, blocks: 1)
      let targets = (0..<metric.shape[0]).flatMap { image in
        MergeMap(matching, image: image, grid: grid, block: "a").destinations.map { $0 ?? -1 }
      }
      #expect(try targets == fixture.integers("\(item.name).targets"), "\(item.name)")
    }
  }

  @Test func `the largest are those that sorting finds, ties by their place`() {
    var generator = TorchGenerator(seed: 1)
    for size in [1, 2, 7, 100, 1000] {
      // Few different values, so that many are equal.
      let values = generator.randint(size, below: 40).map { Float($0) }
      let ranked = values.indices.sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
      for count in [0, 1, size / 3, size / 2, size - 1, size] {
        #expect(values.indicesOfLargest(count) == ranked.prefix(count).sorted(), "\(count) of \(size)")
      }
    }
  }

  @Test func `merged and unmerged values are tomesd's`() throws {
    try forEachCase { fixture, item in
      let values = try fixture.input("input.values.\(item.name)")
      let merge = TokenMerge(item.matching(try fixture.input("input.metric.\(item.name)")))
      let merged = merge.merge(values)
      #expect(merged.shape[1] == item.mergedTokens, "\(item.name)")
      let restored = merge.unmerge(merged, adding: Tensor(zeros: values.shape))
      expectClose(restored, try fixture.expected("\(item.name).restored"), relative: 1e-6, "\(item.name)")
    }
  }
}
