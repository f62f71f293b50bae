import Comparisons
import Foundation
import Metrics
import PictureFiles
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing
import TokenMerging

@testable import Reporting

@Suite struct `The making of pictures on a page` {
  /// A run of which something was seen.
  private static func made(
    _ see: (inout RunContents) -> Void,
    _ body: (RunContents, Report.Source, ReportSummary) throws -> Void
  ) throws {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      (run.prompts, run.size) = (Array(SyntheticRun.samplePrompts.prefix(4)), 32)
      var contents = try run.make(in: folder)
      see(&contents)
      let source = Report.Source(contents, in: folder)
      try body(
        contents, source,
        ReportSummary(try Report(sources: [source]), [try Gallery(contents, in: folder)]) { $0 })
    }
  }

  private static let moment = Explanation.Moment(pass: 1, step: 3, steps: 20)
  private static let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1])

  /// One token is kept and has another, one is left out, one is kept alone.
  private static func explanation(_ similarity: Float, block: String = "up_blocks.1") -> Explanation {
    Explanation(
      maps: [
        .init(
          moment,
          MergeMap(
            block: block, width: 2, height: 2, destinations: [0, 0, nil, 3],
            similarities: [1, similarity, 0, 1]))
      ], previews: [preview])
  }

  private static var preview: Explanation.Preview { .init(moment, png: png) }

  private static func merged(_ contents: RunContents) -> [SampleRecord] {
    contents.samples.filter { $0.variantID != contents.baseline?.id }
  }

  private static func loss(_ sample: SampleRecord, in contents: RunContents) throws -> Double {
    1
      - (try #require(
        contents.scores.first { $0.sampleID == sample.id && $0.metric == .ssim }?.value))
  }

  /// As the viewer reads it.
  private struct Seen: Decodable {
    struct Moment: Decodable { let pass, step, steps: Int }
    struct Map: Decodable {
      let moment: Moment
      let block: String
      let width, height: Int
      let destinations, similarities: Data
    }
    struct Preview: Decodable {
      let moment: Moment
      let png: Data
    }
    let maps: [Map]
    let previews: [Preview]

    init(_ picture: ExplainedPicture) throws {
      self = try JSONDecoder().decode(Self.self, from: Data(picture.explanationText.utf8))
    }
  }

  @Test func `is not there where nothing was looked into`() throws {
    try Self.made({ _ in }) { _, _, summary in
      #expect(summary.explained.isEmpty && !summary.hasExplained)
      #expect(summary.parts.allSatisfy { $0.similarity == nil })
      let html = try ContactSheet(summary).html()
      for part in [
        "<script type=\"application/json\"", "data-do=\"tokens\"", "data-do=\"film\"",
        "<div class=\"layer\" data-layer=\"tokens\">", "<div class=\"similarity\">",
        "The making of pictures",
      ] {
        #expect(!html.contains(part), "\(part)")
      }
    }
  }

  @Test func `is in an element of every picture that was looked into, bit for bit`() throws {
    try Self.made({ contents in
      let sample = Self.merged(contents)[3]
      let baseline = contents.baselines[sample.place]
      contents.explanations[sample.id] = Self.explanation(0.25)
      if let baseline { contents.explanations[baseline.id] = Explanation(previews: [Self.preview]) }
    }) { contents, _, summary in
      let sample = Self.merged(contents)[3]
      let prompt = try #require(contents.prompts.first { $0.id == sample.promptID })
      let variant = try #require(contents.variants.first { $0.id == sample.variantID })
      #expect(summary.hasExplained && summary.explained.count == 2)
      let picture = try #require(summary.explained.first)
      #expect(picture.explainedRow == "\(prompt.row)" && picture.explainedSeed == "\(sample.seed)")
      #expect(picture.explainedVariant == variant.label)
      let seen = try Seen(picture)
      let map = try #require(seen.maps.first)
      let packed = PackedMap(Self.explanation(0.25).maps[0].map)
      #expect(map.destinations == packed.destinations && map.similarities == packed.similarities)
      #expect((map.width, map.height) == (2, 2) && map.block == "up_blocks.1")
      #expect((map.moment.pass, map.moment.step, map.moment.steps) == (1, 3, 20))
      #expect(seen.maps.count == 1 && seen.previews.map(\.png) == [Self.png])
      let other = try #require(summary.explained.last)
      let baseline = try #require(contents.baseline)
      #expect(other.explainedRow == picture.explainedRow && other.explainedVariant == baseline.label)
      #expect(try Seen(other).maps.isEmpty)
      // The cell that the viewer starts from has the same names.
      let row = try #require(
        summary.sheet.rows.first {
          $0.promptRow == picture.explainedRow && "\($0.seed)" == picture.explainedSeed
        })
      #expect(row.cells.contains { $0.ratio == picture.explainedVariant && !$0.isBaseline })
      #expect(row.cells.contains { $0.ratio == other.explainedVariant && $0.isBaseline })
      let html = try ContactSheet(summary).html()
      let tags = html.matches(of: /<script type="application\/json" class="explained"[^>]*>([^<]*)<\/script>/)
      #expect(tags.map { String($0.1) } == summary.explained.map(\.explanationText))
      #expect(html.contains("data-do=\"tokens\"") && html.contains("The making of pictures"))
      // Of one picture there is no chart.
      #expect(summary.parts[0].similarity == nil && !html.contains("<div class=\"similarity\">"))
    }
  }

  @Test func `ends no element, whatever a block is called`() throws {
    let hostile = "</script><!--<script>\"'&{{headline}}"
    try Self.made({ contents in
      contents.explanations[Self.merged(contents)[0].id] = Self.explanation(0.5, block: hostile)
    }) { _, _, summary in
      let picture = try #require(summary.explained.first)
      #expect(!picture.explanationText.contains("<"))
      #expect(try Seen(picture).maps.map(\.block) == [hostile])
      let html = try ContactSheet(summary).html()
      #expect(html.contains(picture.explanationText))
      #expect(!html.contains("</script><!--"))
    }
  }

  @Test func `is as much as a page holds, of those that lost most`() throws {
    try Self.made({ contents in
      for sample in Self.merged(contents) { contents.explanations[sample.id] = Self.explanation(0.5) }
      for sample in contents.baselines.values {
        contents.explanations[sample.id] = Explanation(previews: [Self.preview])
      }
    }) { contents, source, summary in
      #expect(summary.explained.count == contents.samples.count)
      #expect(summary.notes.allSatisfy { !$0.contains("looked into") })
      let own = ExplainedPicture.size(Self.explanation(0.5))
      let both = own + ExplainedPicture.size(Explanation(previews: [Self.preview]))
      let some = ExplainedPictures([source], on: summary.sheet, ownReferences: [nil], limit: both)
      let losses = try Self.merged(contents).map { try Self.loss($0, in: contents) }
      let worst = try #require(
        try Self.merged(contents).first { try Self.loss($0, in: contents) == losses.max() })
      let prompt = try #require(contents.prompts.first { $0.id == worst.promptID })
      let variant = try #require(contents.variants.first { $0.id == worst.variantID })
      let baseline = try #require(contents.baseline)
      #expect(some.pictures.map(\.explainedVariant) == [variant.label, baseline.label])
      #expect(some.pictures.allSatisfy { $0.explainedRow == "\(prompt.row)" })
      #expect(some.pictures.allSatisfy { $0.explainedSeed == "\(worst.seed)" })
      #expect(some.note?.hasPrefix("Of \(contents.samples.count) pictures that were looked into") == true)
      #expect(some.note?.contains("the making of 2,") == true)
      // What was lost is known of all.
      #expect(some.merged[0].count == losses.count)
      let none = ExplainedPictures([source], on: summary.sheet, ownReferences: [nil], limit: both - 1)
      #expect(none.pictures.isEmpty && none.note != nil)
    }
  }

  @Test(arguments: [4, 5, 12])
  func `is a chart of similarity against damage from five pictures on`(count: Int) throws {
    try Self.made({ contents in
      for (index, sample) in Self.merged(contents).prefix(count).enumerated() {
        contents.explanations[sample.id] = Self.explanation(0.9 - 0.05 * Float(index))
      }
      // No pair was merged here: there is no similarity.
      if let last = Self.merged(contents).last {
        contents.explanations[last.id] = Explanation(previews: [Self.preview])
      }
    }) { contents, _, summary in
      guard count >= 5 else {
        #expect(summary.parts[0].similarity == nil)
        return
      }
      let chart = try #require(summary.parts[0].similarity)
      #expect(chart.dots.count == count && chart.dotCount == "\(count) pictures")
      #expect(chart.alternative.hasPrefix("\(count) pictures, "))
      // From the least similar to the most.
      for (dot, index) in zip(chart.dots, (0..<count).reversed()) {
        let sample = Self.merged(contents)[index]
        let prompt = try #require(contents.prompts.first { $0.id == sample.promptID })
        let variant = try #require(contents.variants.first { $0.id == sample.variantID })
        #expect(dot.dotAddress == "#p=\(prompt.row)&s=\(sample.seed)&r=\(variant.label)")
        #expect(dot.dotWords.hasPrefix(variant.heading) && dot.dotWords.hasSuffix(prompt.text))
        let similarity = try Self.value(at: dot.dotX, on: chart.similarityTicks)
        #expect(abs(similarity - (0.9 - 0.05 * Double(index))) < 0.002)
        let loss = try Self.loss(sample, in: contents)
        #expect(abs(try Self.value(at: dot.dotY, on: chart.lossTicks) - loss) < 0.005)
      }
      let html = try ContactSheet(summary).html()
      for dot in chart.dots { #expect(html.contains(HTMLText().escapeText(dot.dotWords))) }
    }
  }

  /// What value a position stands for, by an axis' ticks.
  private static func value(at position: String, on ticks: [ChartTick]) throws -> Double {
    func number(_ text: String) throws -> Double {
      try #require(Double(text.replacing("\u{2212}", with: "-")))
    }
    let (first, last) = (try #require(ticks.first), try #require(ticks.last))
    let (start, end) = (try number(first.position), try number(last.position))
    let (low, high) = (try number(first.text), try number(last.text))
    return low + (try number(position) - start) / (end - start) * (high - low)
  }

  @Test func `of several runs is found by the run's letter`() throws {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      (run.prompts, run.size, run.ratios) = (Array(SyntheticRun.samplePrompts.prefix(3)), 32, [0, 0.5])
      var sources: [Report.Source] = []
      var galleries: [Gallery] = []
      for name in ["one", "two"] {
        let own = folder.appendingPathComponent(name)
        run.name = name
        var contents = try run.make(in: own)
        for sample in Self.merged(contents) { contents.explanations[sample.id] = Self.explanation(0.5) }
        sources.append(Report.Source(contents, in: own))
        galleries.append(try Gallery(contents, from: PictureFolders(own), folder: folder))
      }
      let summary = ReportSummary(try Report(sources: sources), galleries) { $0 }
      let cells = Dictionary(
        summary.sheet.rows.map { ("\($0.promptRow) \($0.seed)", $0.cells.map(\.ratio)) },
        uniquingKeysWith: { first, _ in first })
      #expect(summary.explained.count == 12)
      #expect(Set(summary.explained.map { $0.explainedVariant.prefix(2) }) == ["A ", "B "])
      for picture in summary.explained {
        let row = cells["\(picture.explainedRow) \(picture.explainedSeed)"]
        #expect(row?.contains(picture.explainedVariant) == true, "\(picture.explainedVariant)")
      }
      let charts = summary.parts.compactMap(\.similarity)
      #expect(charts.map(\.dots.count) == [6, 6])
      #expect(charts[1].dots.allSatisfy { $0.dotAddress.contains("&r=B%20") })
    }
  }
}
