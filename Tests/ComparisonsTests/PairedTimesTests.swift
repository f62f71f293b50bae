import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
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
