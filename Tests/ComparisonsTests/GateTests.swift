import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@testable import Comparisons

@Suite struct `A gate` {
  private static func comparison(in folder: URL, clips: [String] = ["demo-clip"]) throws -> Comparison {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(8))
    run.size = 16
    run.clips = clips
    return Comparison(try run.make(in: folder))
  }

  @Test(arguments: [
    ("clip_scor.delta < 1", 0..<15, "clip_score, clip_image"),
    ("clip_score < 1", 0..<10, "clip_score.ci_low"),
    ("clip_score.delta =< 1", 17..<19, "<="), ("speedup < fast", 10..<14, "number"),
    ("verdict == bad", 11..<14, "equivalent, worse, better, inconclusive"), ("verdict < worse", 8..<9, "=="),
    ("speedup <", 9..<10, "limit"), ("speedup < 1 2", 12..<13, "nothing may follow"), ("", 0..<1, "subject"),
  ]) func `points at the word that is wrong`(text: String, range: Range<Int>, hint: String) throws {
    let error = try #require(throws: GateError.self) { try Gate(text) }
    #expect(error.range == range)
    #expect(error.reason.contains(hint), "\(error.reason)")
    let lines = error.description.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(
      lines[2] == "  " + String(repeating: " ", count: range.lowerBound)
        + String(repeating: "^", count: range.count))
  }

  @Test func `fails, passes and decides the exit code`() throws {
    try withTemporaryFolder { folder in
      let comparison = try Self.comparison(in: folder)
      let differences = comparison.rows.compactMap { $0.difference?.difference.value }
      let worst = try #require(differences.min())
      func outcome(_ text: String) throws -> (GateCheck.Outcome, Int32) {
        let conclusion = Conclusion(comparison, gates: [try Gate(text)])
        return (conclusion.checks[0].outcome, conclusion.exitCode)
      }
      #expect(try outcome("clip_score.delta < \(worst - 0.01)") == (.passed, 0))
      #expect(try outcome("clip_score.delta < \(worst + 0.01)") == (.failed, 1))
      #expect(try outcome("clip_score.delta<=\(worst)") == (.failed, 1))
      #expect(try outcome("clip_score.ci_high > 100") == (.passed, 0))
      #expect(try outcome("speedup.ci_low < 1") == (.passed, 0))
      #expect(try outcome("speedup >= 1.01") == (.failed, 1))
      #expect(try outcome("ssim.mean < -2") == (.passed, 0))
      let verdicts = Set(comparison.rows.compactMap { $0.difference?.verdict })
      for verdict in Verdict.allCases {
        #expect(
          try outcome("verdict == \(verdict.rawValue)").0 == (verdicts.contains(verdict) ? .failed : .passed))
      }
      #expect(try outcome("clip_score@demo-clip.delta<=\(worst)") == (.failed, 1))
      #expect(try outcome("clip_score@other.5.delta < -100") == (.unknown, 1))
      // Not measured, or not defined: nothing is known, and nothing passes.
      #expect(try outcome("ssim.delta < -1") == (.unknown, 1))
      #expect(try outcome("rmse.share > 5") == (.unknown, 1))
      #expect(Conclusion(comparison).exitCode == 0)
    }
  }

  @Test func `about a score by one of several scorers reads that one's`() throws {
    try withTemporaryFolder { folder in
      let comparison = try Self.comparison(in: folder, clips: ["vit-b.32", "vit-large"])
      let second = try #require(comparison.pairing.contents.measure(named: "clip_score@vit-large"))
      let other = Comparison(comparison.pairing, measure: second)
      let deltas = other.rows.compactMap { $0.difference?.difference.value }
      let worst = try #require(deltas.min())
      func outcome(_ name: String, _ limit: Double) throws -> GateCheck.Outcome {
        Conclusion(comparison, gates: [try Gate("\(name).delta <= \(limit)")]).checks[0].outcome
      }
      #expect(try outcome("clip_score@vit-large", worst) == .failed)
      #expect(try outcome("clip_score@vit-large", worst - 1e-9) == .passed)
      let firstDeltas = comparison.rows.compactMap { $0.difference?.difference.value }
      let first = try #require(firstDeltas.min())
      #expect(first != worst)
      for name in ["clip_score", "clip_score@vit-b.32"] {
        #expect(try outcome(name, first) == .failed)
        #expect(try outcome(name, first - 1e-9) == .passed)
      }
    }
  }

  @Test func `without scores is undecided, and missing pictures have a code of their own`() throws {
    try withTemporaryFolder { folder in
      let comparison = try Self.comparison(in: folder, clips: [])
      let gates = try ["clip_score.delta < -0.5", "verdict == worse"].map(Gate.init)
      let conclusion = Conclusion(comparison, gates: gates)
      #expect(conclusion.checks.map(\.outcome) == [.unknown, .unknown])
      #expect(conclusion.exitCode == 1)
    }
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      run.prompts = Array(SyntheticRun.samplePrompts.prefix(6))
      run.size = 16
      run.fate = { prompt, variant, seed in
        prompt.row == 40 && variant.ratio == 0.5 && seed == 0 ? .failed : nil
      }
      let contents = try run.make(in: folder)
      #expect(Conclusion(Comparison(contents)).exitCode == 3)
    }
  }
}
