import Comparisons
import ResultStore
import Statistics
import Wording

/// The table of ratios, formatted: one line per ratio, the baseline first.
struct RatioTable: Sendable {
  struct Head: Sendable {
    let head: String
    let headClass: String?
    let explanation: String?
    let suffix: String
  }

  struct Line: Sendable {
    let ratio: String
    let isBaseline: Bool
    let cells: [Cell]
    let warnings: [String]
    let hasWarnings: Bool
  }

  /// What a ``Comparisons/RowColumn`` says of a row.
  struct Cell: Sendable {
    let label: String
    let cellClass: String?
    let text: String
    /// Whether the text is not shown to be more than chance.
    let isUncertain: Bool
    let cellInterval: String?
    let remark: String?
    /// Of the cells that are drawn in ways of their own.
    let isChange: Bool
    let verdictWord: String?
    let verdictStyle: String
    let isPlain: Bool
    let forest: Forest?
  }

  /// A difference drawn to scale: x positions in a picture 120 wide.
  struct Forest: Sendable {
    let low: String
    let high: String
    let centre: String
    let zero: String
    let bandStart: String
    let bandWidth: String
  }

  let heads: [Head]
  let lines: [Line]
  /// What the differences are to.
  let caption: String
  let margin: String?
  /// Columns in all.
  let width: String

  /// - Parameter caption: What is compared with what, as it begins a sentence.
  init(_ comparison: Comparison, caption: String) {
    let forests = Self.forests(comparison)
    let columns = comparison.columns.compactMap { column in column.heading.map { (column, $0) } }
    heads = columns.map {
      Head(head: $1.text, headClass: $1.kind.style, explanation: $1.explanation, suffix: $1.suffix)
    }
    lines = comparison.allRows.map { row in
      let warnings = Self.warnings(row, comparison)
      return Line(
        ratio: row.variant.label, isBaseline: row.variant.id == comparison.baseline?.variant.id,
        // The first column is the line's own heading.
        cells: columns.dropFirst().map { column, heading in
          Cell(column.figure(row, .typographic), heading, forest: forests[row.variant.id])
        }, warnings: warnings, hasWarnings: !warnings.isEmpty)
    }
    self.caption =
      "\(caption), with 95 % bootstrap intervals over \(NumberText.count(comparison.promptCount, "prompt"))."
    margin = comparison.margin.map { NumberText.fixed($0, 2) }
    width = "\(columns.count)"
  }

  /// What must be known before a row is believed.
  private static func warnings(_ row: Comparison.Row, _ comparison: Comparison) -> [String] {
    let isBaseline = row.variant.id == comparison.baseline?.variant.id
    var lines = row.warnings
    lines += comparison.pairing.contents.nullChecks.filter { check in
      check.outcome == .failed && check.kind.needsPicture
        && (check.variantID.map { $0 == row.variant.id } ?? isBaseline)
    }.map { "null check failed: \($0.detail)" }
    return lines
  }

  /// By variant. All lines share one scale, which holds every interval and the margin on both sides.
  private static func forests(_ comparison: Comparison) -> [Int64: Forest] {
    let margin = comparison.margin ?? 0
    func ends(_ estimate: Estimate) -> (Double, Double) {
      (estimate.interval?.lower ?? estimate.value, estimate.interval?.upper ?? estimate.value)
    }
    let all = comparison.rows.compactMap(\.difference?.difference).flatMap { [ends($0).0, ends($0).1] }
    let low = (all + [-margin]).min() ?? 0
    let high = (all + [margin]).max() ?? 0
    guard comparison.margin != nil, high > low else { return [:] }
    func x(_ value: Double) -> Double { 4 + (value - low) / (high - low) * 112 }
    return Dictionary(
      uniqueKeysWithValues: comparison.rows.compactMap { row in
        row.difference.map { difference in
          let estimate = difference.difference
          return (
            row.variant.id,
            Forest(
              low: svg(x(ends(estimate).0)), high: svg(x(ends(estimate).1)), centre: svg(x(estimate.value)),
              zero: svg(x(0)), bandStart: svg(x(-margin)), bandWidth: svg(x(margin) - x(-margin)))
          )
        }
      })
  }
}

extension RatioTable.Cell {
  init(_ figure: Figure, _ heading: RowColumn.Heading, forest: RatioTable.Forest?) {
    let isVerdict = heading.kind == .verdict
    label = heading.label
    cellClass = figure.isAlarming ? "capped" : heading.kind.style
    text = figure.text
    isUncertain = figure.isCertain == false
    cellInterval = figure.interval
    remark = figure.remark
    isChange = heading.kind == .change
    verdictWord = isVerdict && !figure.text.isEmpty ? figure.text : nil
    verdictStyle = figure.verdict?.style ?? ""
    isPlain = !isVerdict && !isChange
    self.forest = isChange ? forest : nil
  }
}

extension RowColumn.Kind {
  /// The class that the page's style knows such columns by.
  fileprivate var style: String? {
    switch self {
    case .comparison: nil
    case .own: "own"
    case .change: "spread"
    case .verdict: "text"
    }
  }
}
