import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing
import TokenMerging

@testable import Evaluation

/// What was seen of pictures' making, from several stores into one.
@Suite struct ExplanationMergeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func url(_ name: String) -> URL { folder.url.appendingPathComponent(name) }
  private func file(_ name: String) -> URL { url(name).appendingPathComponent("results.sqlite") }

  private func make(_ name: String, change: (inout SyntheticRun) -> Void = { _ in }) throws {
    var run = SyntheticRun()
    (run.prompts, run.ratios, run.size) = (Array(SyntheticRun.samplePrompts.prefix(2)), [0, 0.5], 32)
    change(&run)
    _ = try run.make(in: url(name))
  }

  private func explanation(steps: [Int], previews: [Int] = []) -> Explanation {
    let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    return Explanation(
      maps: steps.map { step in
        .init(
          .init(pass: 1, step: step, steps: 20),
          MergeMap(
            block: "up_blocks.1", width: 2, height: 1, destinations: [0, 0],
            similarities: [1, Float(step) / 20]))
      }, previews: previews.map { .init(.init(pass: 1, step: $0, steps: 20), png: png) })
  }

  /// Keeps it with one of a store's merged pictures, by their order.
  private func see(_ explanation: Explanation, in name: String, picture: Int = 0) throws {
    let store = try ResultStore(file(name), access: .writing)
    let contents = try store.contents(ofRun: store.latestRun().id)
    let merged = contents.samples.filter { $0.variantID != contents.baseline?.id }
    try store.save([merged[picture].id: explanation])
  }

  private func merge(_ names: [String], into target: String) throws {
    let store = try ResultStore(url(target).appendingPathComponent("tome-eval.sqlite"), access: .creating)
    let merge = try StoreMerge(names.map(file), into: store, folder: url(target))
    _ = try #require(merge.run().first)
  }

  /// By what identifies the pictures in every store.
  private func seen(_ store: URL) throws -> [String: Explanation] {
    let store = try ResultStore(store)
    let run = try store.latestRun()
    let samples = try store.contents(ofRun: run.id).samples
    return try Dictionary(
      uniqueKeysWithValues: store.explanations(ofRun: run.id).map { id, explanation in
        (try #require(samples.first { $0.id == id }).contentKey, explanation)
      })
  }

  private func merged(_ target: String) throws -> [String: Explanation] {
    try seen(url(target).appendingPathComponent("tome-eval.sqlite"))
  }

  @Test func `of pictures that one store looked into comes along`() throws {
    try make("a")
    try make("b")
    try see(explanation(steps: [1, 10], previews: [5]), in: "a", picture: 0)
    try see(explanation(steps: [3]), in: "b", picture: 1)
    try merge(["a", "b"], into: "merged")
    let expected = try seen(file("a")).merging(seen(file("b"))) { first, _ in first }
    #expect(expected.count == 2)
    #expect(try merged("merged") == expected)
  }

  @Test(
    arguments: [
      // More maps, more previews, then earlier steps.
      ([1, 10], [], [3], [1, 2, 3]), ([3], [1, 2], [5], [1]), ([1, 10], [2], [1, 11], [2]),
    ] as [([Int], [Int], [Int], [Int])])
  func `of one picture is the store's that looked closer, in any order`(
    closer: [Int], closerPreviews: [Int], other: [Int], otherPreviews: [Int]
  ) throws {
    try make("a")
    try make("b")
    try see(explanation(steps: other, previews: otherPreviews), in: "a")
    try see(explanation(steps: closer, previews: closerPreviews), in: "b")
    let expected = try seen(file("b"))
    #expect(expected.count == 1)
    try merge(["a", "b"], into: "one")
    try merge(["b", "a"], into: "two")
    // One after the other: what came first does not stay for that.
    for (first, second) in [("a", "b"), ("b", "a")] {
      try merge([first], into: "\(first)\(second)")
      try merge([second], into: "\(first)\(second)")
    }
    for target in ["one", "two", "ab", "ba"] {
      #expect(try merged(target) == expected, "\(target)")
    }
  }

  @Test func `of a picture that is left for another is left, too`() throws {
    func began(_ seconds: Double) -> (inout SyntheticRun) -> Void {
      { run in
        var execution = SyntheticRun.execution()
        execution.began = Date(timeIntervalSince1970: seconds)
        run.executions = [execution]
      }
    }
    try make("early", change: began(1000))
    // Other bits of the same picture: the store that made it first wins.
    try make("late") { run in
      began(2000)(&run)
      run.isIdentical = { prompt, _, seed in prompt.row == SyntheticRun.samplePrompts[0].row && seed == 0 }
    }
    try see(explanation(steps: [1, 5, 10]), in: "late", picture: 0)
    try see(explanation(steps: [2]), in: "late", picture: 1)
    try merge(["early", "late"], into: "merged")
    let found = try merged("merged")
    #expect(found.count == 1)
    #expect(found.values.first?.maps.map(\.moment.step) == [2])
    // Its own is there, however little it is.
    try see(explanation(steps: [7]), in: "early", picture: 0)
    try merge(["late", "early"], into: "again")
    let steps = try merged("again").values.map { $0.maps.map(\.moment.step) }
    #expect(Set(steps) == [[7], [2]])
  }
}
