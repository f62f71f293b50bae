import Comparisons
import Foundation
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing
import Wording

@testable import Reporting

@Suite struct `Charts` {
  private static let sentence = VerdictSentence(minus: .typographic)

  private static func run(_ more: [SyntheticRun.Variation] = [], in folder: URL) throws -> RunContents {
    var run = SyntheticRun()
    run.size = 16
    run.variations = more
    return try run.make(in: folder)
  }

  /// The line through an axis' ticks: what value a position stands for.
  private static func value(at position: String, on ticks: [ChartTick]) throws -> Double {
    func number(_ text: String) throws -> Double {
      try #require(Double(text.replacing("\u{2212}", with: "-").replacing("×", with: "")))
    }
    let (first, last) = (try #require(ticks.first), try #require(ticks.last))
    let (x0, x1) = (try number(first.position), try number(last.position))
    let (v0, v1) = (try number(first.text), try number(last.text))
    return v0 + (try number(position) - x0) / (x1 - x0) * (v1 - v0)
  }

  @Test func `of quality against speed put points and bars where the numbers are`() throws {
    try withTemporaryFolder { folder in
      let steps = SyntheticRun.Variation(steps: 12, equalTimeRatio: 0.5)
      let comparison = Comparison(try Self.run([steps], in: folder))
      let chart = try #require(QualitySpeedChart(comparison, Self.sentence))
      #expect(chart.points.map(\.label) == ["0.3", "0.5", "12 steps", "0.7"])
      #expect(chart.points.map(\.isMerged) == [true, true, false, true])
      #expect(chart.hasFewerSteps && chart.lines.map(\.isMerged) == [true, false])
      // A tenth of a drawing's unit, in the units of the axes.
      for (point, row) in zip(chart.points, comparison.rows) {
        let (difference, speed) = (try #require(row.difference), try #require(row.speedUp))
        let vertical = [
          (point.y, difference.difference.value), (point.top, difference.difference.interval?.upper ?? 0),
          (point.bottom, difference.difference.interval?.lower ?? 0),
        ]
        for (position, expected) in vertical {
          #expect(abs(try Self.value(at: position, on: chart.yTicks) - expected) < 0.002)
        }
        let horizontal = [
          (point.x, speed.value), (point.left, speed.interval?.lower ?? 0),
          (point.right, speed.interval?.upper ?? 0),
        ]
        for (position, expected) in horizontal {
          #expect(abs(try Self.value(at: position, on: chart.xTicks) - expected) < 0.002)
        }
        #expect(point.verdictClass == difference.verdict.rawValue)
        #expect(chart.alternative.contains("\(row.variant.heading): "))
      }
      #expect(abs(try Self.value(at: chart.zeroY, on: chart.yTicks)) < 0.002)
      #expect(abs(try Self.value(at: chart.baselineX, on: chart.xTicks) - 1) < 0.002)
      let start = try #require(chart.lines.first).points.split(separator: " ").first
      #expect(start == "\(chart.baselineX),\(chart.zeroY)")
      // No label lies on another.
      let places = try chart.points.map { (try #require(Double($0.labelX)), try #require(Double($0.labelY))) }
      for (index, one) in places.enumerated() {
        for other in places.dropFirst(index + 1) {
          #expect(abs(one.0 - other.0) > 20 || abs(one.1 - other.1) >= 15)
        }
      }
    }
  }

  @Test func `of two comparisons share their axes`() throws {
    try withTemporaryFolder { folder in
      let one = Comparison(try Self.run(in: folder.appendingPathComponent("one")))
      var run = SyntheticRun()
      run.size = 16
      run.effect = -9
      let other = Comparison(try run.make(in: folder.appendingPathComponent("other")))
      let first = try #require(QualitySpeedChart(one, Self.sentence, sharing: [other]))
      let second = try #require(QualitySpeedChart(other, Self.sentence, sharing: [one]))
      #expect(first.yTicks.map(\.text) == second.yTicks.map(\.text))
      #expect(first.xTicks.map(\.position) == second.xTicks.map(\.position))
      #expect(QualitySpeedChart(one, Self.sentence)?.yTicks.map(\.text) != first.yTicks.map(\.text))
    }
  }

  @Test func `of single prompts order them and show the mean with its interval`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.run(in: folder)
      let comparison = Comparison(contents)
      let chart = try #require(PairedDifferences(comparison, Self.sentence) { "#p=\($0.row)&r=\($1.label)" })
      #expect(chart.panels.map(\.heading) == ["Ratio 0.3", "Ratio 0.5", "Ratio 0.7"])
      for (index, panel) in chart.panels.enumerated() {
        let entry = comparison.pairing.entries[index]
        let sample = comparison.pairing.scores(comparison.measure, of: entry)
        let expected = zip(sample.prompts, sample.differences).sorted { $0.1 < $1.1 }
        #expect(panel.dots.count == contents.prompts.count && panel.cloud.isEmpty)
        for (dot, change) in zip(panel.dots, expected) {
          #expect(abs(try Self.value(at: dot.y, on: chart.yTicks) - change.1) < 0.02)
          let prompt = try #require(contents.prompts.first { $0.id == change.0 })
          let address = "#p=\(prompt.row)&r=\(entry.variant.label)"
          #expect(dot.address == address && dot.words.hasSuffix(": " + prompt.text))
        }
        let x = try panel.dots.map { try #require(Double($0.x)) }
        #expect(x == x.sorted())
        let difference = try #require(comparison.rows[index].difference).difference
        #expect(abs(try Self.value(at: panel.meanY, on: chart.yTicks) - difference.value) < 0.02)
        let top = try Self.value(at: panel.intervalTop, on: chart.yTicks)
        #expect(abs(top - (difference.interval?.upper ?? 0)) < 0.02)
        let lost = sample.differences.count { $0 < 0 }
        #expect(panel.counts == "\(lost) lower, \(contents.prompts.count - lost) higher")
        #expect(panel.alternative.contains("largest loss"))
      }
    }
  }

  @Test func `of groups of prompts share one axis, count prompts and mark cut intervals`() throws {
    try withTemporaryFolder { folder in
      let comparison = Comparison(try Self.run(in: folder))
      for dimension in [PromptDimension.challenge, .category] {
        let groups = comparison.grouped(by: dimension, detail: .differences)
        let chart = try #require(
          GroupDifferences(comparison, by: dimension, groups: groups, Self.sentence))
        #expect(chart.panels.count == groups.count)
        let counts = try chart.panels.map { try #require(Int($0.count.dropFirst(4))) }
        #expect(counts == counts.sorted(by: >) && counts.reduce(0, +) == 24)
        let ticks = try chart.xTicks.map { try #require(Double($0.text.replacing("\u{2212}", with: "-"))) }
        for panel in chart.panels {
          let rows = try #require(groups.first { $0.name == panel.name }).comparison.rows
          #expect(panel.lines.map(\.label) == ["0.3", "0.5", "0.7"])
          for (line, row) in zip(panel.lines, rows) {
            let difference = try #require(row.difference)
            let estimate = difference.difference
            #expect(abs(try Self.value(at: line.x, on: chart.xTicks) - estimate.value) < 0.02)
            let upper = estimate.interval?.upper ?? estimate.value
            let isCut = upper > ticks[ticks.count - 1]
            #expect(line.isCutHigh == isCut)
            let end = try Self.value(at: line.high, on: chart.xTicks)
            #expect(abs(end - min(upper, ticks[ticks.count - 1])) < 0.02)
            // With prompts enough for a verdict the whole interval is there.
            if difference.promptCount >= Verdict.minimumPrompts { #expect(!line.isCutLow && !line.isCutHigh) }
            #expect(panel.alternative.contains("\(row.variant.label) "))
          }
        }
        // The same numbers as the whole comparison's groups.
        let full = comparison.grouped(by: dimension)
        for (one, other) in zip(groups, full) {
          #expect(
            one.comparison.rows.map { $0.difference?.difference }
              == other.comparison.rows.map {
                $0.difference?.difference
              })
        }
      }
    }
  }

  @Test func `have round ticks that hold every value`() {
    for (low, high) in [(-0.013, 0.4), (0.0, 0.0), (-712.0, 3.0), (1.0, 1.0001)] {
      let scale = ChartScale(covering: [low, high], from: 10, to: 110)
      #expect(scale.contains(low) && scale.contains(high))
      #expect(scale.ticks.count >= 2 && scale.ticks.count <= 8)
      #expect(abs(scale.position(scale.ticks[0]) - 10) < 1e-9)
      #expect(abs(scale.position(scale.ticks[scale.ticks.count - 1]) - 110) < 1e-9)
      #expect(Set(scale.ticks.map { NumberText.fixed($0, scale.decimals) }).count == scale.ticks.count)
    }
  }
}
