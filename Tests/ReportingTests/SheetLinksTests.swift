import Comparisons
import Foundation
import PictureFiles
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing
import TokenMerging

@testable import Reporting

@Suite struct `Numbers of a report` {
  private static func summary(_ run: SyntheticRun, in folder: URL) throws -> ReportSummary {
    let contents = try run.make(in: folder)
    return ReportSummary(
      try Report(sources: [.init(contents, in: folder)]), [try Gallery(contents, in: folder)]
    ) { $0 }
  }

  private static var run: SyntheticRun {
    var run = SyntheticRun()
    run.size = 16
    return run
  }

  @Test func `lead to the sheet, sorted by what they say and at their variant`() throws {
    try withTemporaryFolder { folder in
      let table = try Self.summary(Self.run, in: folder).parts[0].table
      let line = try #require(table.lines.first { $0.ratio == "0.5" })
      func address(_ label: String) throws -> String {
        try #require(line.cells.first { $0.label == label }).cellAddress
      }
      #expect(line.lineAddress == "#sort=change&at=0.5")
      #expect(try address("Change") == "#sort=change&at=0.5")
      #expect(try address("Verdict") == "#sort=change&at=0.5")
      #expect(try address("CLIP score") == "#sort=clip_score&at=0.5")
      #expect(try address("SSIM") == "#sort=ssim&at=0.5")
      #expect(try address("PSNR, dB") == "#sort=psnr&at=0.5")
      #expect(try address("s / picture") == "#sort=seconds&at=0.5")
      #expect(try address("Speed-up") == "#sort=seconds&at=0.5")
      #expect(try address("Pictures") == "#sort=order&at=0.5")
      #expect(try address("Memory") == "#sort=order&at=0.5")
      let baseline = try #require(table.lines.first { $0.isBaseline })
      #expect(baseline.lineAddress == "#sort=order&at=0")
    }
  }

  @Test func `of charts lead to the pictures of their variant and kind`() throws {
    try withTemporaryFolder { folder in
      var run = Self.run
      run.variations = [.init(merging: MergingOptions(ratio: 0.5, useRand: false, variant: .webui))]
      let part = try Self.summary(run, in: folder).parts[0]
      let chart = try #require(part.chart)
      #expect(chart.points.map(\.pointAddress).contains("#sort=change&at=0.5%20webui"))
      #expect(chart.points.allSatisfy { $0.pointWords.contains("points") })
      let groups = try #require(part.multiples.first)
      let panel = groups.panels[0]
      #expect(groups.title == "By challenge")
      for line in panel.lines {
        let kind = SheetLinks.encoded(panel.name)
        #expect(line.lineAddress == "#sort=change&at=\(SheetLinks.encoded(line.label))&challenge=\(kind)")
        #expect(line.lineWords.hasPrefix("\(panel.name): \(line.label) "))
      }
    }
  }

  @Test func `give the page what a verdict by another margin is made of`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run.make(in: folder)
      let comparison = Comparison(contents)
      let table = RatioTable(
        comparison, caption: "Differences", links: SheetLinks(sortKeys: []) { "A " + $0.label })
      #expect(table.exactMargin == comparison.margin.map { "\($0)" })
      let low = try #require(Double(table.scaleLow))
      let high = try #require(Double(table.scaleHigh))
      for (line, row) in zip(table.lines.dropFirst(), comparison.rows) {
        let (evidence, compared) = (try #require(line.evidence), try #require(row.difference))
        let interval = try #require(compared.difference.interval)
        #expect(evidence.variantName == "A " + row.variant.label)
        #expect(evidence.mean == "\(compared.difference.value)")
        #expect(evidence.lower == "\(interval.lower)" && evidence.upper == "\(interval.upper)")
        #expect(evidence.isSignificant == compared.isSignificant && evidence.isEnough)
        #expect(low <= interval.lower && interval.upper <= high)
      }
      #expect(table.lines[0].evidence == nil)
    }
  }

  @Test func `of pictures name them by the hash of their pixels, and the run by its key`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run.make(in: folder)
      let summary = ReportSummary(
        try Report(sources: [.init(contents, in: folder)]), [try Gallery(contents, in: folder)]
      ) { $0 }
      let hashes = Set(summary.sheet.rows.flatMap { $0.cells.compactMap(\.pixelHash) })
      #expect(hashes == Set(contents.samples.compactMap { $0.picture?.pixelHash }) && !hashes.isEmpty)
      struct Run: Decodable, Equatable { let mark, name, key: String }
      let runs = try JSONDecoder().decode([Run].self, from: Data(summary.identity.utf8))
      #expect(runs == [Run(mark: "", name: contents.run.name, key: contents.run.key)])
      #expect(summary.sheet.columns.map(\.name) == contents.variants.map(\.label))
      #expect(summary.sheet.columns.map(\.isUnmerged) == contents.variants.map(\.isBaseline))
    }
  }
}
