import Foundation
import Metrics
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@testable import Comparisons

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
      let furthest = Comparison(contents, measure: contents.measure(.rmse)).worst(1)[0]
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
      // What the verdicts' score is blind to stands beside them, with what sees it.
      let blind = try #require(VerdictSentence.blindSpot(Comparison(contents)))
      #expect(report.text(.table).contains(blind))
      #expect(blind.firstMatch(of: /sees them: 0\.\d+ at 0\.3, 0\.\d+ at 0\.5/) != nil, "\(blind)")
      let ssim = Comparison(contents, measure: contents.measure(.ssim)).table(hasColors: false)
      #expect(
        ssim.contains("SSIM [95 % CI]") && ssim.contains("ssim: Wang 2004") && ssim.contains("no verdict")
          && !ssim.contains("sees them"))
      #expect(throws: ComparisonError.badMargin("wide")) { try Margin(text: "wide") }
      #expect(throws: ComparisonError.badMargin("-1sd")) { try Margin(text: "-1sd") }
      #expect(try Margin(text: "0.5sd") == .shareOfSeedSpread(0.5))
      let margins = try ["0.2%", "0.3", "mlperf"].map(Margin.init(text:))
      #expect(margins == [.shareOfBaseline(0.002), .absolute(0.3), .mlperf])
    }
  }

  @Test func `with formulas defused and control characters shown, whatever prompts hold`() throws {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      run.prompts = ["=HYPERLINK(\"x\")", "\u{1B}[31mred\u{202E}", "[x](https://a.b) <img src=x>"]
        .enumerated().map {
          PromptRecord(row: $0.offset, text: $0.element, challenge: $0.element)
        }
      run.size = 16
      let comparison = Comparison(try run.make(in: folder))
      let worst = ComparisonReport(comparison, worst: 40)
      #expect(worst.text(.csv).contains(",\"'=HYPERLINK(\"\"x\"\")\","))
      #expect(
        ComparisonReport(comparison, by: .challenge).text(.csv).contains("\n\"'=HYPERLINK(\"\"x\"\")\",0.3,"))
      for report in [worst, ComparisonReport(comparison, by: .challenge, worst: 2)] {
        let text = report.text(.table)
        #expect(text.contains("\\u{1B}[31mred\\u{202E}"))
        #expect(!text.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
      }
      let markdown = ComparisonReport(comparison, by: .challenge, worst: 40).text(.markdown)
      #expect(markdown.contains("\\[x\\](https\\://a.b) \\<img src=x\\>"))
      #expect(markdown.firstMatch(of: /[^\\]<img/) == nil && markdown.firstMatch(of: /[^\\]\[x/) == nil)
    }
  }

  @Test func `with both scores of two CLIP checkpoints, each named`() throws {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      run.prompts = Array(SyntheticRun.samplePrompts.prefix(8))
      run.size = 16
      run.clips = ["vit-b", "vit-large"]
      let contents = try run.make(in: folder)
      #expect(contents.measure(named: "clip_score")?.scorer.name == "vit-b")
      #expect(contents.measure(named: "clip_score@vit-b") == contents.measure(.clipScore))
      #expect(contents.measure(named: "clip_score@vit-large")?.scorer.name == "vit-large")
      #expect(contents.measure(named: "clip_score@vit") == nil && contents.measure(named: "lpips") == nil)
      let report = ComparisonReport(Comparison(contents))
      let header = try #require(report.text(.table).split(separator: "\n").first { $0.contains("ratio  ") })
      for title in [
        "CLIP score (vit-b)", "Δ CLIP (vit-b) [95 % CI]", "CLIP score (vit-large)", "CLIP-I (vit-b)",
        "CLIP-I (vit-large)",
      ] { #expect(header.contains(title), "\(title)") }
      #expect(report.text(.table).contains("CLIP scores by vit-large (vit-large)"))
      let lines = report.text(.csv).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(report.text(.json).utf8)) as? [String: Any])
      let rows = try #require(json["ratios"] as? [[String: Any]])
      for key in ["clip_score", "clip_score@vit-large", "clip_image", "clip_image@vit-large"] {
        let column = try #require(lines[0].firstIndex(of: "mean_\(key)"))
        let measure = try #require(contents.measure(named: key))
        for (index, row) in report.comparison.rows.enumerated() {
          let mean = try #require(row.means[measure])
          #expect(Double(lines[index + 2][column]) == mean)
          let stated = try #require((rows[index]["means"] as? [String: Double])?[key])
          #expect(abs(stated - mean) < 1e-12)
        }
      }
      #expect((json["scorers"] as? [Any])?.count == 3 && json["clip"] as? String == "vit-b")
      let second = ComparisonReport(
        Comparison(contents, measure: contents.measure(named: "clip_score@vit-large")))
      #expect(second.text(.table).contains("clip_score@vit-large: 100 cos("))
      #expect(second.text(.table).contains("Δ CLIP (vit-large) [95 % CI]"))
    }
  }
}
