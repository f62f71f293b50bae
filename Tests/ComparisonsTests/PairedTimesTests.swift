import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@testable import Comparisons

@Suite struct `Speed-ups` {
  private static func small() -> SyntheticRun {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(8))
    run.size = 16
    return run
  }

  @Test(arguments: [
    SyntheticRun.execution(cpu: "Another CPU"), SyntheticRun.execution(version: "0.0.9"),
  ]) func `are of pictures by one machine and one version`(other: ExecutionRecord) throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.executions.append(other)
      run.maker = { prompt, variant, seed in
        variant.ratio == 0.5 ? 1 : variant.ratio == 0.7 && (prompt.row == 40 || seed == 1) ? 1 : 0
      }
      let comparison = Comparison(try run.make(in: folder))
      #expect(comparison.rows[0].speedUp != nil && comparison.rows[0].warnings.isEmpty)
      #expect(comparison.rows[1].speedUp == nil)
      #expect(
        comparison.rows[1].warnings == [
          "speed: 16 of 16 pairs were made on different machines or by different versions and are left out"
        ])
      #expect(comparison.rows[2].speedUp != nil)
      #expect(comparison.rows[2].warnings.first?.hasPrefix("speed: 9 of 16 pairs were made on") == true)
      #expect(comparison.table(hasColors: false).contains("ratio 0.5: speed: 16 of 16 pairs"))
    }
  }

  @Test func `are exp of the mean log-ratio of the prompts`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.seconds = { prompt, variant, seed, _ in
        variant.isBaseline ? 2 : variant.ratio == 0.5 ? (prompt.row % 2 == 0 ? 1 : 4) : 1
      }
      let comparison = Comparison(try run.make(in: folder))
      let even = Double(run.prompts.count { $0.row % 2 == 0 })
      let expected = exp((even * log(2.0) - (8 - even) * log(2.0)) / 8)
      #expect(abs(try #require(comparison.rows[1].speedUp).value - expected) < 1e-12)
      #expect(abs(try #require(comparison.rows[0].speedUp).value - 2) < 1e-12)
      #expect(comparison.rows[1].timing?.pairCount == 16)
    }
  }

  @Test func `say where timing is noisy, and claim nothing where the interval contains 1`() throws {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      (run.size, run.prompts) = (16, Array(SyntheticRun.samplePrompts.prefix(20)))
      run.seconds = { prompt, variant, seed, usual in
        let turn = (prompt.position + Int(seed.value)) % 4
        switch variant.ratio {
        // A quarter is slower, the others much faster.
        case 0.3: return turn == 0 ? 5 : 2
        // As many are slower as are faster.
        case 0.5: return prompt.position % 2 == 0 ? 5 : 4.1 * 4.1 / 5
        // All but some take longer.
        case 0.7: return turn == 0 ? 3 : 6
        default: return usual
        }
      }
      let comparison = Comparison(try run.make(in: folder))
      let prompts = run.prompts.count
      let (few, half) = (2 * prompts / 4, prompts)
      #expect(
        comparison.rows.map(\.warnings) == [
          ["timing is noisy here: \(few) of \(2 * prompts) merged pictures were slower than their baselines"],
          [
            "timing is noisy here: \(half) of \(2 * prompts) merged pictures were slower than their baselines"
          ],
          ["timing is noisy here: \(few) of \(2 * prompts) merged pictures were faster than their baselines"],
        ])
      #expect(comparison.rows.map { $0.timing?.isSignificant } == [true, false, true])
      #expect(comparison.rows.map { $0.timing?.isWithoutDifference } == [false, true, false])
      let table = comparison.table(hasColors: false)
      #expect(table.contains("ratio 0.5: no measurable difference in time\n"), "\(table)")
      #expect(!table.contains("ratio 0.3: no measurable difference"))
      #expect(table.contains("ratio 0.3: timing is noisy here: \(few) of"))
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(comparison.json().utf8)) as? [String: Any])
      let rows = try #require(json["ratios"] as? [[String: Any]])
      #expect(rows.map { $0["speedup_significant"] as? Bool } == [true, false, true])
      #expect(rows.map { $0["timing_noisy"] as? Bool } == [true, true, true])
      #expect(rows.map { $0["slower_pairs"] as? Int } == [few, half, 2 * prompts - few])
      #expect(rows.allSatisfy { $0["timed_pairs"] as? Int == 2 * prompts })
      #expect(rows.allSatisfy { $0["speedup_center"] as? String == "mean" })
    }
  }

  @Test func `are medians where the times of few prompts decide the mean, and it is said`() throws {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      (run.size, run.prompts) = (16, Array(SyntheticRun.samplePrompts.prefix(20)))
      run.seconds = { prompt, variant, _, usual in
        variant.ratio == 0.5 && prompt.position < 2 ? 20 * usual : usual
      }
      let comparison = Comparison(try run.make(in: folder))
      let prompts = run.prompts.count
      #expect(comparison.rows.map { $0.timing?.center } == [.mean, .median, .mean])
      #expect(
        comparison.rows[1].warnings.contains(
          "speed-up: the median of the prompts, as outlying times of 2 of \(prompts) prompts would decide their mean"
        ))
      // Without them it is 4.1 / 3.15.
      #expect(abs(try #require(comparison.rows[1].speedUp).value - 1.3) < 0.02)
    }
  }

  @Test func `are no word anywhere without seconds`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.seconds = { _, _, _, _ in nil }
      let comparison = Comparison(try run.make(in: folder))
      #expect(comparison.rows.allSatisfy { $0.timing == nil && $0.warnings.isEmpty })
      let text = ComparisonReport(comparison).text(.table) + ComparisonReport(comparison).text(.markdown)
      for word in ["speed", "s/image", " time", "faster", "slower"] {
        #expect(!text.lowercased().contains(word), "\(word): \(text)")
      }
    }
  }

  @Test func `are not of pictures whose maker is unknown`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.maker = { _, variant, _ in variant.ratio == 0.5 ? nil : 0 }
      let comparison = Comparison(try run.make(in: folder))
      #expect(comparison.rows.map { $0.speedUp != nil } == [true, false, true])
    }
  }

  @Test func `of runs compare versions, but not machines`() throws {
    try withTemporaryFolder { folder in
      func made(_ name: String, by execution: ExecutionRecord) throws -> RunContents {
        var run = Self.small()
        run.executions = [execution]
        return try run.make(in: folder.appendingPathComponent(name))
      }
      let before = try made("before", by: SyntheticRun.execution())
      let after = Comparison(
        Pairing(try made("after", by: SyntheticRun.execution(version: "9")), against: before))
      #expect(after.rows.allSatisfy { $0.speedUp != nil && $0.warnings.isEmpty })
      #expect(!after.pairing.notes.contains { $0.kind == .machines })
      let elsewhere = Comparison(
        Pairing(try made("elsewhere", by: SyntheticRun.execution(cpu: "Another")), against: before))
      #expect(elsewhere.rows.allSatisfy { $0.speedUp == nil && $0.warnings.isEmpty })
      #expect(
        elsewhere.pairing.notes.contains {
          $0.text == "made on different machines: their times are not compared"
        })
    }
  }
}
