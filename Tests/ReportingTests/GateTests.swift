import Foundation
import ReferenceFixtures
import ResultStore
import Statistics
import Testing

@testable import Reporting

@Suite struct `A gate` {
  private static func comparison(in folder: URL, clip: String? = "demo-clip") throws -> Comparison {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(8))
    run.size = 16
    run.clip = clip
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
      func outcome(_ text: String) throws -> (Conclusion.Outcome, Int32) {
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
      // Not measured, or not defined: nothing is known, and nothing passes.
      #expect(try outcome("ssim.delta < -1") == (.unknown, 1))
      #expect(try outcome("rmse.share > 5") == (.unknown, 1))
      #expect(Conclusion(comparison).exitCode == 0)
    }
  }

  @Test func `without scores is undecided, and missing pictures have a code of their own`() throws {
    try withTemporaryFolder { folder in
      let comparison = try Self.comparison(in: folder, clip: nil)
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

@Suite struct `A comparison is printed` {
  private static func report(in folder: URL) throws -> (RunContents, ComparisonReport) {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(8))
    run.prompts[1].text = "an owl, \"wise\" | old"
    run.size = 16
    let contents = try run.make(in: folder)
    return (contents, ComparisonReport(Comparison(contents), by: .challenge, worst: 40))
  }

  @Test func `with the worst pictures in order, and their files`() throws {
    try withTemporaryFolder { folder in
      let (contents, report) = try Self.report(in: folder)
      let differences = try report.worst.map { try #require($0.difference) }
      #expect(differences.count == 40)
      #expect(differences == differences.sorted())
      for picture in report.worst {
        #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(picture.path).path))
        #expect(abs(picture.score - (picture.reference ?? 0) - (picture.difference ?? 0)) < 1e-12)
      }
      let furthest = Comparison(contents, metric: .rmse).worst(1)[0]
      let largest = contents.scores.filter { $0.metric == .rmse }.compactMap(\.value).max()
      #expect(furthest.score == largest && furthest.difference == nil)
    }
  }

  @Test func `as Markdown and CSV that keep their cells apart`() throws {
    try withTemporaryFolder { folder in
      let (contents, report) = try Self.report(in: folder)
      let markdown = report.text(.markdown)
      #expect(markdown.contains("an owl, \"wise\" \\| old"))
      #expect(markdown.contains("| verdict |"))
      #expect(report.text(.csv).contains("\"an owl, \"\"wise\"\" | old\""))
      let csv = ComparisonReport(Comparison(contents), by: .challenge).text(.csv)
      let lines = csv.split(separator: "\n")
      #expect(Set(lines.map { $0.count { $0 == "," } }).count == 1)
      #expect(lines.count == 1 + 4 * (1 + Set(contents.prompts.map(\.challenge)).count))
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(report.text(.json).utf8)) as? [String: Any])
      #expect((json["worst"] as? [Any])?.count == 40)
      #expect((json["groups"] as? [Any])?.count == Set(contents.prompts.map(\.challenge)).count)
      #expect(json["metric"] as? String == "clip_score" && json["exit_code"] as? Int == 0)
    }
  }

  @Test func `with metric, formula, checkpoint and method under the table`() throws {
    try withTemporaryFolder { folder in
      let (contents, report) = try Self.report(in: folder)
      for words in ["clip_score: 100 cos(", "CLIP scores by demo-clip (demo-clip)", "studentized bootstrap"] {
        #expect(report.text(.table).contains(words))
      }
      let ssim = Comparison(contents, metric: .ssim).table(isTerminal: false)
      #expect(
        ssim.contains("SSIM [95 % CI]") && ssim.contains("ssim: Wang 2004") && ssim.contains("no verdict"))
      #expect(throws: ComparisonError.badMargin("wide")) { try Margin(text: "wide") }
      let margins = try ["0.2%", "0.3", "mlperf"].map(Margin.init(text:))
      #expect(margins == [.shareOfBaseline(0.002), .absolute(0.3), .mlperf])
    }
  }
}
