import Comparisons
import Foundation
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@testable import Reporting

@Suite struct `The report's tables` {
  private static let hostile = [
    "=HYPERLINK(\"file:///etc/passwd\",\"x\")", "+1, -2", "-3", "@SUM(A1)", "'quoted", "two\nlines",
    "tab\there",
    "\u{9}=1+1", "comma, \"quotes\"", "\"\u{301} accent on a quotation mark", ",\u{301}", "a\r\nb", "＝1",
    "plain",
  ]

  /// What any reader of RFC 4180 makes of the text, by Unicode scalar.
  private static func parse(_ csv: String) throws -> [[String]] {
    var rows: [[String]] = [[""]]
    var field = String.UnicodeScalarView()
    var isQuoted = false
    let scalars = Array(csv.unicodeScalars)
    var at = 0
    func next() -> Unicode.Scalar? { at + 1 < scalars.count ? scalars[at + 1] : nil }
    func endField() {
      rows[rows.count - 1][rows[rows.count - 1].count - 1] = String(field)
      field = String.UnicodeScalarView()
    }
    while at < scalars.count {
      let scalar = scalars[at]
      switch (scalar, isQuoted) {
      case ("\"", true) where next() == "\"":
        field.append(scalar)
        at += 1
      case ("\"", _): isQuoted.toggle()
      case (",", false):
        endField()
        rows[rows.count - 1].append("")
      case ("\r", false):
        #expect(next() == "\n")
        at += 1
        endField()
        rows.append([""])
      default: field.append(scalar)
      }
      at += 1
    }
    #expect(rows.last == [""], "the last line ends, too")
    return rows.dropLast()
  }

  /// As the report's method section says: one apostrophe less.
  private static func restored(_ text: String) -> String {
    text.unicodeScalars.first == "'"
      ? String(String.UnicodeScalarView(text.unicodeScalars.dropFirst())) : text
  }

  private static func run(in folder: URL) throws -> RunContents {
    var run = SyntheticRun()
    run.prompts = hostile.enumerated().map {
      PromptRecord(row: $0.offset + 1, text: $0.element, category: $0.element, challenge: "Basic")
    }
    run.size = 16
    run.fate = { prompt, variant, seed in prompt.row == 2 && variant.ratio == 0.5 && seed == 0 ? .failed : nil
    }
    run.isIdentical = { prompt, variant, _ in prompt.row == 3 && variant.ratio == 0.3 }
    return try run.make(in: folder)
  }

  @Test func `hold every picture, and give back prompts as they were`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(in: folder)
      let page = try Report(sources: [.init(contents, in: folder)]).write(to: folder)
      let html = try String(contentsOf: page, encoding: .utf8)
      #expect(html.contains("<a href=\"pictures.csv\" download=\"pictures.csv\">"))
      let csv = try String(contentsOf: folder.appendingPathComponent("pictures.csv"), encoding: .utf8)
      let rows = try Self.parse(csv)
      let header = rows[0]
      #expect(rows.count == 1 + contents.samples.count)
      #expect(rows.allSatisfy { $0.count == header.count })
      func column(_ name: String) throws -> Int { try #require(header.firstIndex(of: name)) }
      let (prompt, row, seed, variant) = (
        try column("prompt"), try column("prompt_row"), try column("seed"), try column("variant")
      )
      for line in rows.dropFirst() {
        #expect(Self.restored(line[prompt]) == Self.hostile[try #require(Int(line[row])) - 1])
        for cell in line {
          let first = cell.unicodeScalars.first
          #expect(first.map { "=+@\t\r＝".unicodeScalars.contains($0) } != true)
          #expect(first != "-" || Double(cell) != nil)
        }
      }
      // Every number of the store, unrounded.
      for sample in contents.samples {
        let own = try #require(contents.prompts.first { $0.id == sample.promptID })
        let label = try #require(contents.variants.first { $0.id == sample.variantID }).label
        let line = try #require(
          rows.first { $0[row] == "\(own.row)" && $0[seed] == "\(sample.seed)" && $0[variant] == label })
        #expect(line[try column("state")] == sample.state.rawValue)
        #expect(Double(line[try column("seconds")]) == sample.seconds)
        #expect(Self.restored(line[try column("image")]) == sample.path ?? "")
        for metric in Metric.allCases {
          let stored = contents.scores.first { $0.sampleID == sample.id && $0.metric == metric }?.value
          #expect(Double(line[try column(metric.rawValue)]) == stored)
        }
        #expect(line[try column("error")].isEmpty == (sample.state != .failed))
      }
      let identical = rows.filter { $0[row] == "3" && $0[variant] == "0.3" }
      #expect(try identical.map { $0[try column("identical")] } == ["1", "1"])
      #expect(try identical.map { $0[try column("clip_score_change")] }.allSatisfy { Double($0) == 0 })
    }
  }

  @Test func `hold the verdicts, whole and by kind of prompt`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(in: folder)
      let comparison = Comparison(contents)
      try Report(sources: [.init(contents, in: folder)]).write(to: folder)
      let rows = try Self.parse(
        String(contentsOf: folder.appendingPathComponent("ratios.csv"), encoding: .utf8))
      func column(_ name: String) throws -> Int { try #require(rows[0].firstIndex(of: name)) }
      let whole = rows.filter { $0[0] == "all" }
      #expect(whole.count == 4)
      for row in comparison.rows {
        let line = try #require(whole.first { $0[1] == row.variant.label })
        #expect(Double(line[try column("delta")]) == row.difference?.difference.value)
        #expect(Double(line[try column("speedup_ci_low")]) == row.speedUp?.interval?.lower)
        #expect(line[try column("verdict")] == row.difference?.verdict.rawValue)
        #expect(line[try column("warnings")] == row.warnings.joined(separator: "; "))
      }
      let groups = Set(rows.dropFirst().map { Self.restored($0[0]) })
      #expect(groups == Set(["all", "challenge Basic"] + Self.hostile.map { "category " + $0 }))
    }
  }
}
