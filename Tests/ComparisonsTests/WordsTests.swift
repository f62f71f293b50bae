import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing

@testable import Comparisons

@Suite struct `What a comparison says` {
  private static func headline(effect: Double) throws -> String {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      run.size = 16
      run.seeds = [0]
      run.effect = effect
      return Conclusion(Comparison(try run.make(in: folder))).headline
    }
  }

  @Test func `of a ratio that is better is not that it stays within a margin`() throws {
    let better = try Self.headline(effect: 94)
    #expect(
      better.contains("Ratio 0.7 is the largest tried that is shown to lose no more than 0."), "\(better)")
    #expect(
      better.contains("points of the CLIP score on average: it gains +") && !better.contains("±"), "\(better)"
    )
    let equivalent = try Self.headline(effect: 0.1)
    if equivalent.contains("is the largest") { #expect(equivalent.contains("within ±")) }
    #expect(try Self.headline(effect: -94).hasPrefix("No ratio is safe"))
  }

  private static func check(
    _ kind: NullCheckRecord.Kind, _ outcome: NullCheckRecord.Outcome
  ) -> NullCheckRecord {
    NullCheckRecord(runID: 1, kind: kind, outcome: outcome, detail: kind.rawValue)
  }

  @Test func `of null checks is which failed, whatever else passed`() throws {
    let fine = NullCheckLines.footnotes([Self.check(.repetition, .passed), Self.check(.cap, .noted)])
    #expect(fine.map(\.text) == ["1 null check passed"])
    let failed = NullCheckLines.footnotes([
      Self.check(.zeroRatio, .noted), Self.check(.repetition, .passed), Self.check(.effect, .failed),
    ])
    #expect(
      failed.map(\.text) == [
        "NULL CHECK FAILED: effect", "null check noted: zero_ratio", "1 other null check passed",
      ])
    #expect(failed[0].isWarning)
    try withTemporaryFolder { folder in
      var contents = try SyntheticRun.few.make(in: folder)
      contents.nullChecks = [Self.check(.effect, .failed)]
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(Comparison(contents).json().utf8)) as? [String: Any])
      #expect(
        json["null_checks"] as? [[String: String]] == [
          ["kind": "effect", "outcome": "failed", "detail": "effect"]
        ])
    }
  }
}

extension SyntheticRun {
  fileprivate static var few: SyntheticRun {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(2))
    run.size = 16
    return run
  }
}
