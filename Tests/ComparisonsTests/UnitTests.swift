import Foundation
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@testable import Comparisons

/// What counts as one in statistics, and what is said of it.
@Suite struct `A comparison of repeated prompts` {
  /// As a store has it that was merged of several, or made before sweeps left repetitions out.
  private static func run(texts: Int, times: Int) -> SyntheticRun {
    var run = SyntheticRun()
    run.size = 16
    run.prompts = (0..<texts * times).map { index in
      PromptRecord(row: index + 1, text: "prompt \(index % texts)", challenge: "Basic")
    }
    return run
  }

  @Test func `counts every text once`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(texts: 1, times: 24).make(in: folder)
      let comparison = Comparison(contents)
      #expect(comparison.promptCount == 1)
      for row in comparison.rows {
        let difference = try #require(row.difference)
        #expect(difference.promptCount == 1 && difference.pairCount == 48)
        #expect(difference.difference.interval == nil && difference.verdict == .tooFew)
        #expect(row.speedUp?.interval == nil && row.score?.interval == nil)
      }
      #expect(comparison.recommendation == .tooFewPrompts(1))
      let table = comparison.json()
      #expect(table.contains("24 prompts with 1 different text: equal texts count as one prompt"))
      #expect(
        try !Comparison(Self.run(texts: 3, times: 1).make(in: folder.appendingPathComponent("b")))
          .json().contains("different text"))
    }
  }

  @Test func `takes the mean over all pictures of a text, in groups and between runs, too`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(texts: 8, times: 2).make(in: folder)
      let whole = Comparison(contents)
      #expect(whole.promptCount == 8)
      let difference = try #require(whole.rows[1].difference)
      #expect(difference.promptCount == 8 && difference.pairCount == 32)
      #expect(whole.grouped(by: .challenge).map(\.comparison.promptCount) == [8])
      let between = Comparison(Pairing(contents, against: contents))
      #expect(between.promptCount == 8 && between.rows.allSatisfy { $0.difference?.promptCount == 8 })
      #expect(between.pairing.notes.contains { $0.kind == .repeated })
    }
  }

  @Test func `has the effective ratio of its pictures where they tell`() throws {
    try withTemporaryFolder { folder in
      var contents = try Self.run(texts: 2, times: 1).make(in: folder)
      #expect(Comparison(contents).rows.map(\.effectiveRatio) == [0.3, 0.5, 0.7])
      let half = try #require(contents.variants.first { $0.ratio == 0.5 })
      for index in contents.samples.indices where contents.samples[index].variantID == half.id {
        contents.samples[index].mergeStatistics = MergeStatistics(
          tokensKept: 3, effectiveRatio: 0.25, meanSimilarity: nil, minimumSimilarity: nil)
      }
      let row = Comparison(contents).rows[1]
      #expect(row.effectiveRatio == 0.25 && row.isCapped)
      #expect(row.warnings.contains("its pictures had 0.25 of their tokens merged, 0.5 was expected"))
      #expect(Comparison(contents).json().contains("\"effective_ratio\" : 0.25"))
    }
  }
}
