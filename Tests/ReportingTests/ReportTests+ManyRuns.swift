import Comparisons
import Foundation
import Images
import PictureFiles
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@testable import Reporting

/// Pages of several runs.
extension `A report` {
  @Test func `of two runs aligns their pictures, and says which one lacks a row`() throws {
    try withTemporaryFolder { folder in
      var before = Self.small(3)
      before.ratios = [0, 0.5]
      var after = Self.small(4)
      after.prompts.removeFirst()
      after.ratios = [0, 0.3, 0.5]
      after.seeds = [1, 2]
      after.effect = -9
      let first = try Self.source(after, in: folder.appendingPathComponent("after"))
      let second = try Self.source(before, in: folder.appendingPathComponent("before"))
      let page = try Report(sources: [first, second]).write(to: folder.appendingPathComponent("page"))
      #expect(page.lastPathComponent == "comparison.html")
      let html = try String(contentsOf: page, encoding: .utf8)
      // B against A, A, and B.
      #expect(html.matches(of: /<table class="ratios"/).count == 3)
      #expect(html.contains("UNMATCHED: ") && html.contains("Two runs side by side. CLIP score against run"))

      let galleries = [Gallery(files: [:]), Gallery(files: [:])]
      let pairing = Pairing(second.contents, against: first.contents)
      func sheet(showsAllRows: Bool) -> Sheet {
        Sheet(
          zip([first, second], galleries).enumerated().map { index, run in
            Sheet.Run(
              contents: run.0.contents, gallery: run.1, mark: RunMark.letter(index),
              margin: run.0.comparison.margin, versus: index == 1 ? (pairing, 0) : nil)
          }, match: [(own: 1, reference: 0, pairing: pairing)], showsAllRows: showsAllRows)
      }
      let matched = sheet(showsAllRows: false)
      #expect(Set(matched.rows.map { "\($0.promptRow) \($0.seed)" }) == ["47 1", "54 1"])
      #expect(matched.leftOut?.hasPrefix("8 rows that only one run has are left out") == true)
      #expect(html.matches(of: /<li class="row"/).count == 2 && html.contains("8 rows that only one run has"))
      let sheet = sheet(showsAllRows: true)
      #expect(sheet.leftOut == nil)
      #expect(sheet.columns.map(\.name) == ["A 0", "B 0", "A 0.3", "A 0.5", "B 0.5"])
      #expect(sheet.columns.map(\.columnRun) == ["A", "B", "A", "A", "B"])
      #expect(sheet.columns[1].columnTitle == "synthetic: ratio 0")
      // Numbers of a run's own table are to its own baseline, and lead to pictures in that order.
      #expect(
        sheet.sortKeys.contains { $0.key == "own_change" } && sheet.sortKeys.contains { $0.key == "own_ssim" }
      )
      #expect(
        html.contains("#sort=own_change&amp;at=B%200.5") && html.contains("#sort=change&amp;at=B%200.5"))
      #expect(
        sheet.legend.map(\.legendRole) == ["compared with its own baseline", "compared with A"])
      // Prompts 47 and 54 are in both, 61 in A, 40 in B; seed 1 in both, 2 in A, 0 in B.
      #expect(
        Set(sheet.rows.map { "\($0.promptRow) \($0.seed)" }) == [
          "47 1", "47 2", "47 0", "54 1", "54 2", "54 0", "61 1", "61 2", "B40 1", "B40 0",
        ])
      func row(_ prompt: String, _ seed: Seed) throws -> Sheet.Row {
        try #require(sheet.rows.first { $0.promptRow == prompt && $0.seed == seed })
      }
      let shared = try row("47", 1)
      #expect(shared.cells.map(\.ratio) == ["A 0", "B 0", "A 0.3", "A 0.5", "B 0.5"])
      #expect(shared.cells.map(\.isBaseline) == [true, true, false, false, false])
      #expect(shared.cells[2].heading == "A · Ratio 0.3" && shared.cells[1].label == "B · 0")
      #expect(shared.cells.map(\.reference) == [nil, "A 0", nil, nil, "A 0.5"])
      // The same picture in both runs, with another CLIP score.
      #expect(shared.cells[4].isIdentical && (shared.cells[4].change ?? 0) != 0)
      #expect(shared.source == "row 47, seed 1")
      let onlyA = try row("61", 2)
      #expect(
        onlyA.cells.map(\.missing) == [nil, "Run B has no such prompt", nil, nil, "Run B has no such prompt"])
      #expect(onlyA.source == "row 61, seed 2, only in A")
      let lacking = "Run A has no seed 0"
      #expect(try row("54", 0).cells.map(\.missing) == [lacking, nil, lacking, lacking, nil])
      #expect(try row("B40", 1).cells.map(\.missing).first == "Run A has no such prompt")
      #expect(Set(sheet.ratios.map(\.value)) == ["A 0.3", "A 0.5", "B 0.5"])

      // The files of the two folders meet in the page's without one taking the other's name.
      let references = Self.references(html).filter { $0.hasSuffix(".png") }
      #expect(references.contains { $0.hasPrefix("images/") })
      #expect(references.contains { $0.hasPrefix("run-synthetic/images/") })
      for reference in references {
        let file = page.deletingLastPathComponent().appendingPathComponent(
          reference.removingPercentEncoding ?? "")
        #expect(FileManager.default.fileExists(atPath: file.path), "\(reference)")
      }
      let csv = try String(
        contentsOf: page.deletingLastPathComponent().appendingPathComponent("comparison-pictures.csv"),
        encoding: .utf8)
      #expect(csv.split(separator: "\r\n").count == 1 + 18 + 12)
    }
  }

  @Test func `of two runs without a picture in common is refused with the reason`() throws {
    try withTemporaryFolder { folder in
      let first = try Self.source(Self.small(), in: folder.appendingPathComponent("a"))
      func refusal(_ name: String, _ change: (inout SyntheticRun) -> Void) throws -> String {
        var run = Self.small()
        change(&run)
        let other = try Self.source(run, in: folder.appendingPathComponent(name))
        let error = try #require(throws: ReportError.self) { try Report(sources: [first, other]) }
        return error.description
      }
      #expect(try refusal("b") { $0.ratios = [0.4] }.contains("no variant of one is in the other"))
      #expect(try refusal("c") { $0.seeds = [7] }.contains("no seed is in both"))
      #expect(
        try refusal("d") { $0.prompts = [PromptRecord(row: 1, text: "else")] }.contains(
          "no prompt is in both"))
      #expect(
        try refusal("e") { $0.seeds = [7] }.hasPrefix("runs 'synthetic' and 'synthetic' cannot be laid"))
    }
  }

  @Test func `of three runs compares the first with each, and keeps their files apart`() throws {
    try withTemporaryFolder { folder in
      let sources = try ["one", "two", "three"].enumerated().map { index, name in
        var run = Self.small(3)
        run.prompts = Array(SyntheticRun.samplePrompts[index..<index + 3])
        run.ratios = [0, 0.5]
        run.name = index == 1 ? "before" : "synthetic"
        return try Self.source(run, in: folder.appendingPathComponent(name))
      }
      let report = try Report(sources: sources)
      #expect(report.subfolders == ["", "run-before", "run-synthetic"])
      let twins = try Report(sources: [sources[0], sources[2], sources[2], sources[1]])
      #expect(twins.subfolders == ["", "run-synthetic", "run-synthetic", "run-before"])
      let page = try report.write(to: folder.appendingPathComponent("page"))
      let html = try String(contentsOf: page, encoding: .utf8)
      #expect(html.contains("Three runs side by side. CLIP score against run synthetic: "))
      #expect(html.contains("<title>synthetic, before and synthetic · tome-eval</title>"))
      // B against A, C against A, A, B and C.
      #expect(html.matches(of: /<table class="ratios"/).count == 5)
      for marks in [("B", "A"), ("C", "A")] {
        #expect(
          html.contains(
            "<span class=\"mark\">\(marks.0)</span> against <span class=\"mark\">\(marks.1)</span>"))
      }
      // Row 54 is in all three, 47 not in C, 61 not in A.
      #expect(html.contains("row 54, seed 0</p") && html.contains("row 47, seed 0, only in A and B"))
      #expect(html.contains("data-p=\"B61\"") && html.contains("row 61, seed 1, only in B and C"))
      for mark in ["A", "B", "C"] { #expect(html.contains("<h3>Run \(mark)</h3>")) }
      for reference in Self.references(html) where reference.hasSuffix(".png") {
        let file = page.deletingLastPathComponent().appendingPathComponent(reference)
        #expect(FileManager.default.fileExists(atPath: file.path), "\(reference)")
      }
      #expect(
        (0..<53).map(RunMark.letter).suffix(28).prefix(3) == ["Z", "AA", "AB"] && RunMark.letter(52) == "BA")
    }
  }

  @Test func `of two runs of other sizes and guidance says so loudly, and compares what can be compared`()
    throws
  {
    try withTemporaryFolder { folder in
      var run = Self.small()
      let first = try Self.source(run, in: folder.appendingPathComponent("first"))
      run.size = 32
      run.guidanceScale = 7.5
      run.name = "other"
      let second = try Self.source(run, in: folder.appendingPathComponent("second"))
      let report = try Report(sources: [first, second])
      let comparison = report.versus[0].comparison
      #expect(comparison.rows.map(\.variant.label) == ["0", "0.3", "0.5", "0.7"])
      #expect(comparison.rows.allSatisfy { $0.difference?.pairCount == 6 })
      let html = try String(
        contentsOf: try report.write(to: folder.appendingPathComponent("page")), encoding: .utf8)
      #expect(
        html.contains("<li>B and A: the runs differ in: guidance_scale 7.5 / 4; size 32x32 / 16x16.</li>"))
      #expect(html.contains("24 pairs of pictures of 32x32 and 16x16 can&#39;t be compared pixel by pixel"))
      #expect(html.contains("0 of 24 pictures are bit-identical."))
      #expect(html.contains("data-column=\"B 0.3\" data-run=\"B\" title=\"other: ratio 0.3\""))

      var beside = Report.Beside(pairs: [(own: 0, reference: 1)])
      beside.measuresPixels = false
      let turned = try Report(sources: [first, second], beside: beside)
      #expect(turned.versus[0].comparison.pairing.kind == .run("other"))
      #expect(!turned.versus[0].comparison.isOfPairs)
    }
  }
}
