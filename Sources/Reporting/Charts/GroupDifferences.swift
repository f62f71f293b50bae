import Comparisons
import Metrics
import ResultStore
import Statistics
import Wording

/// The mean change of every kind of prompt: a panel per group, all with the same horizontal axis, with a line per
/// variant.
struct GroupDifferences: Sendable {
  struct Panel: Sendable {
    let name: String
    let count: String
    let height: String
    let axisY: String
    let tickY: String
    let lines: [Line]
    let alternative: String
    /// The pictures of the group's prompts.
    let panelAddress: String
  }

  struct Line: Sendable {
    let label: String
    let y: String
    let x: String
    let low: String
    let high: String
    /// Whether the interval goes on beyond the axis; an arrow says so.
    let isCutLow: Bool
    let isCutHigh: Bool
    let value: String
    let verdictClass: String
    /// Where the strip begins by which it can be hit.
    let hitY: String
    /// The pictures behind the line.
    let lineAddress: String
    /// What the line says, in words.
    let lineWords: String
  }

  /// As in `By challenge`.
  let title: String
  /// Whether its panels are shown at first.
  var isOpen = false
  let panels: [Panel]
  let xTicks: [ChartTick]
  let zeroX: String
  let bandX: String
  let bandWidth: String
  let hasCuts: Bool
  let leftEdge: String
  let rightEdge: String
  let valueX: String
  let labelX: String
  let hitWidth: String
  let width: String

  private static let (lineHeight, top) = (19.0, 6.0)

  /// Nil where prompts are all of one kind, or nothing was compared.
  init?(
    _ comparison: Comparison, by dimension: PromptDimension, groups: [Comparison.Group],
    _ sentence: VerdictSentence, links: SheetLinks? = nil
  ) {
    let measured = groups.map {
      (name: $0.name, comparison: $0.comparison, rows: $0.comparison.rows.filter { $0.difference != nil })
    }
    .filter { !$0.rows.isEmpty }
    guard let margin = comparison.margin, measured.count > 1 else { return nil }
    let estimates = measured.flatMap { $0.rows.compactMap(\.difference) }
    // A few prompts have intervals so wide that nothing else could be told apart: those may run out of the axis.
    let settled = estimates.filter { $0.promptCount >= Verdict.minimumPrompts }.compactMap(
      \.difference.interval)
    let labels = measured[0].comparison.rows.map { QualitySpeedChart.shortLabel($0.variant) }
    let left = 8 + 7 * Double(min(labels.map(\.count).max() ?? 0, 20))
    let right = left + 170
    let scale = ChartScale(
      covering: estimates.map(\.difference.value) + settled.flatMap { [$0.lower, $0.upper] }
        + [-margin, margin], from: left, to: right, steps: 3)
    let metric = comparison.metric
    func words(_ row: Comparison.Row, _ compared: PairedComparison) -> String {
      "\(row.variant.label) \(sentence.difference(compared.difference, decimals: metric.decimals)) "
        + compared.verdict.word(metric)
    }
    func line(
      _ row: Comparison.Row, _ compared: PairedComparison, of group: String, at index: Int
    ) -> Line {
      let estimate = compared.difference
      let (lower, upper) = (
        estimate.interval?.lower ?? estimate.value, estimate.interval?.upper ?? estimate.value
      )
      return Line(
        label: QualitySpeedChart.shortLabel(row.variant),
        y: svg(Self.top + (Double(index) + 0.5) * Self.lineHeight), x: svg(scale.position(estimate.value)),
        low: svg(scale.clamped(lower)), high: svg(scale.clamped(upper)), isCutLow: !scale.contains(lower),
        isCutHigh: !scale.contains(upper),
        value: NumberText.signed(estimate.value, metric.decimals, minus: .typographic),
        verdictClass: compared.verdict.style,
        hitY: svg(Self.top + Double(index) * Self.lineHeight),
        lineAddress: links?.address(row.variant, kind: (dimension, group)) ?? "#sheet",
        lineWords: "\(group): \(words(row, compared))")
    }
    // The largest groups say most.
    panels = measured.sorted {
      ($1.comparison.promptCount, $0.name) < ($0.comparison.promptCount, $1.name)
    }.map { name, comparison, rows in
      let bottom = Self.top + Double(rows.count) * Self.lineHeight
      return Panel(
        name: name, count: "n = \(comparison.promptCount)", height: svg(bottom + 24), axisY: svg(bottom + 3),
        tickY: svg(bottom + 19),
        lines: rows.enumerated().compactMap { index, row in
          row.difference.map { line(row, $0, of: name, at: index) }
        },
        alternative: "\(name), \(NumberText.count(comparison.promptCount, "prompt")): "
          + rows.compactMap { row in
            row.difference.map { words(row, $0) }
          }.joined(separator: "; ") + ".",
        panelAddress: links?.address(kind: (dimension, name)) ?? "#sheet")
    }
    title = "By \(dimension.rawValue)"
    xTicks = ChartTick.differences(scale)
    zeroX = svg(scale.position(0))
    bandX = svg(scale.position(-margin))
    bandWidth = svg(scale.position(margin) - scale.position(-margin))
    hasCuts = panels.contains { $0.lines.contains { $0.isCutLow || $0.isCutHigh } }
    leftEdge = svg(left)
    rightEdge = svg(right)
    labelX = svg(left - 8)
    valueX = svg(right + 52)
    hitWidth = svg(right + 52 - left)
    width = svg(right + 54)
  }
}
