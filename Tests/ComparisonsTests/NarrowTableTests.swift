import Metrics
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing

@testable import Comparisons

/// What a table does without on a narrow terminal.
@Suite struct `A narrow table` {
  private static func comparison() throws -> Comparison {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      run.prompts = Array(SyntheticRun.samplePrompts.prefix(8))
      run.size = 16
      var contents = try run.make(in: folder)
      for (index, sample) in contents.samples.enumerated() {
        // Of no variant's own: sets that differ by chance alone.
        let angle = Float(index % 7) / 10
        if let hash = sample.picture?.fileHash { contents.embeddings[hash] = [1, angle, 0.5 - angle] }
      }
      return Comparison(contents)
    }
  }

  @Test(arguments: [200, 150, 120, 100, 80, 60])
  func `has no line that is longer than the terminal`(width: Int) throws {
    let text = ComparisonReport(try Self.comparison(), worst: 0).text(.table, width: width)
    let longest = text.split(separator: "\n").max { $0.count < $1.count } ?? ""
    #expect(longest.count <= width, "\(longest)")
    for word in ["ratio", "Δ CLIP [95 % CI]", "verdict", "speed-up [95 % CI]"] {
      #expect(text.contains(word), "\(text)")
    }
  }

  @Test func `says what it does without, first what says least`() throws {
    let comparison = try Self.comparison()
    let whole = comparison.fitted(width: nil) { text, _, _ in text }
    #expect(whole.contains("CMMD [floor]") && !whole.contains("no room here"))
    let width = whole.split(separator: "\n")[0].count
    let narrow = comparison.fitted(width: width - 1) { text, _, _ in text }
    #expect(narrow.hasSuffix("no room here for CMMD [floor]: see --format csv"))
    // Of equals the last goes first, and what is named stands in the table's order.
    let narrower = comparison.fitted(width: 96) { text, _, _ in text }
    let spared = try #require(narrower.split(separator: "\n").last { $0.hasPrefix("no room here for ") })
    #expect(spared.contains("PSNR"), "\(narrower)")
  }

  @Test func `has a block for each row where no table fits`() throws {
    let comparison = try Self.comparison()
    var painted: [String] = []
    let blocks = comparison.fitted(width: 30) { text, _, title in
      if title == Comparison.verdictTitle { painted.append(text) }
      return text
    }
    #expect(blocks.split(separator: "\n\n").count == comparison.allRows.count)
    #expect(blocks.contains("\nSSIM") && painted.count == comparison.rows.count)
  }

  @Test func `of sets that differ by chance says so`() throws {
    let comparison = try Self.comparison()
    for row in comparison.rows {
      let distance = try #require(row.setDistance)
      #expect(distance.pairCount == 16)
      #expect(distance.isWithinFloor == (distance.pValue > 0.05))
    }
    let text = ComparisonReport(comparison).text(.table)
    #expect(text.contains("CMMD: Jayasumana 2024"))
    #expect(ComparisonReport(comparison).text(.json).contains("\"cmmd_floor\""))
    #expect(comparison.grouped(by: .challenge, detail: .differences)[0].comparison.rows[0].setDistance == nil)
    // What a recommendation in a list needs, and no more.
    let advised = comparison.grouped(by: .challenge, detail: .advice).map(\.comparison)
    let rows = advised.flatMap(\.rows)
    #expect(rows.allSatisfy { $0.setDistance == nil && $0.timing == nil && $0.score == nil })
    for (advice, full) in zip(advised, comparison.grouped(by: .challenge).map(\.comparison)) {
      #expect(VerdictSentence.advice(advice) == VerdictSentence.advice(full))
    }
  }
}
