import Comparisons
import Foundation
import Metrics
import PictureFiles
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@testable import Reporting

@Suite struct `Damage on a page` {
  private static func made(
    _ change: (inout SyntheticRun) -> Void = { _ in }, _ body: (RunContents, ReportSummary) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      run.size = 64
      change(&run)
      let contents = try run.make(in: folder)
      try body(
        contents,
        ReportSummary(
          try Report(sources: [.init(contents, in: folder)]), [try Gallery(contents, in: folder)]
        ) { $0 })
    }
  }

  private static func damage(_ contents: RunContents, _ sample: SampleRecord) -> [DamageKind] {
    func score(_ metric: Metric) -> Double? {
      contents.scores.first { $0.sampleID == sample.id && $0.metric == metric }?.value
    }
    return DamageKind.kinds(
      of: contents.differences.first { $0.sampleID == sample.id }?.traits, ssim: score(.ssim),
      clipImage: score(.clipImage))
  }

  @Test func `is in a cell as a letter a kind, and counted over all cells`() throws {
    try Self.made { contents, summary in
      var counts: [DamageKind: Int] = [:]
      for sample in contents.samples {
        for kind in Self.damage(contents, sample) { counts[kind, default: 0] += 1 }
      }
      #expect(!counts.isEmpty)
      let kinds = summary.sheet.kinds
      #expect(kinds.map(\.kindTitle) == DamageKind.allCases.filter { counts[$0] != nil }.map(\.title))
      #expect(kinds.map(\.number) == DamageKind.allCases.compactMap { counts[$0] }.map { "\($0)" })
      let cells = summary.sheet.rows.flatMap(\.cells)
      #expect(cells.allSatisfy { !$0.isBaseline || $0.damage.isEmpty })
      for kind in DamageKind.allCases {
        #expect(cells.count { $0.damage.contains(kind) } == counts[kind, default: 0])
      }
      let html = try ContactSheet(summary).html()
      for cell in Set(cells.map { String($0.damage.map(\.letter)) }) where !cell.isEmpty {
        #expect(html.contains(" data-kinds=\"\(cell)\""))
      }
      #expect(!html.contains("data-kinds=\"\""))
      for kind in DamageKind.allCases {
        #expect(html.contains("name=\"kind\" value=\"\(kind.letter)\"") == (counts[kind] != nil))
        // Every rule is said, whether a picture follows it or not.
        #expect(html.contains(HTMLText().escapeText(kind.rule)))
      }
    }
  }

  @Test func `has a map of every ratio on one scale, which leads to the pictures`() throws {
    try Self.made { contents, summary in
      let comparison = Comparison(contents)
      let maps = try #require(summary.parts[0].maps)
      #expect(maps.hasMaps && maps.incomplete == nil)
      #expect(maps.mapPanels.map(\.heading) == comparison.rows.map(\.variant.heading))
      let places = comparison.differencePlaces
      let top = DifferenceMaps.top(places)
      let cells = places.compactMap(\.self).flatMap(\.cells)
      let largest = try #require(cells.max())
      #expect(top >= largest && top / largest < 2.5 && maps.mapTicks.last?.text == maps.largest)
      for (panel, row) in zip(maps.mapPanels, comparison.rows) {
        #expect(panel.mapAddress == "#sort=mae&at=\(row.variant.label)")
        #expect(panel.count == "\(row.done) pictures" && panel.sentences.count == 2)
        // Every cell has one colour.
        let area = panel.layers.reduce(0) { sum, layer in
          sum + layer.path.matches(of: /h(\d+)v/).reduce(0) { $0 + (Int($1.1) ?? 0) }
        }
        #expect(area == 32 * 32)
        #expect(Set(panel.layers.map(\.fill)).count == panel.layers.count)
        for kind in DamageKind.allCases {
          let count = row.damage?[kind]
          let shown = panel.kindCounts.first { $0.kindWords.hasPrefix(kind.title) }
          #expect(shown?.kindWords == count.map { "\(kind.title) \($0)" })
          #expect(
            shown.map { $0.kindAddress == "#sort=change&at=\(row.variant.label)&kind=\(kind.letter)" }
              != false)
        }
      }
    }
  }

  @Test func `in words follows from intervals`() throws {
    try Self.made { contents, summary in
      let maps = try #require(summary.parts[0].maps)
      let places = Comparison(contents).differencePlaces.compactMap(\.self)
      #expect(places.count == maps.mapPanels.count)
      for (panel, places) in zip(maps.mapPanels, places) {
        for (contrast, sentence, words) in [
          (places.centreAndRim, panel.sentences[0], ("more in the centre", "more at the rim")),
          (places.edgesAndFlat, panel.sentences[1], ("more on edges", "more in flat areas")),
        ] {
          let difference = try #require(contrast).difference
          let interval = try #require(difference.interval)
          #expect(sentence.contains(words.0) == (interval.lower > 0), "\(sentence)")
          #expect(sentence.contains(words.1) == (interval.upper < 0), "\(sentence)")
          #expect(sentence.contains("chance") == (interval.lower <= 0 && interval.upper >= 0), "\(sentence)")
        }
      }
    }
  }

  @Test func `that was not measured is said to be missing`() throws {
    try Self.made({ $0.hasDifferences = false }) { contents, summary in
      let maps = try #require(summary.parts[0].maps)
      let compared = contents.samples.count { $0.variantID != contents.baseline?.id }
      #expect(!maps.hasMaps && maps.incomplete?.hasPrefix("Of \(compared) of \(compared) pictures") == true)
      #expect(summary.sheet.rows.flatMap(\.cells).allSatisfy { !$0.damage.contains(.frayed) })
      #expect(try ContactSheet(summary).html().contains("the same sweep again measures them"))
    }
  }

  @Test func `of pictures that equal their baselines is none`() throws {
    try Self.made({ $0.isIdentical = { _, _, _ in true } }) { _, summary in
      let maps = try #require(summary.parts[0].maps)
      #expect(maps.mapPanels.allSatisfy { $0.layers.count == 1 && $0.kindCounts.isEmpty })
      #expect(maps.mapPanels.allSatisfy { $0.sentences.allSatisfy { $0.hasPrefix("No difference") } })
      #expect(!summary.sheet.hasKinds)
      #expect(try !ContactSheet(summary).html().contains("<form class=\"kinds\""))
    }
  }
}
