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
    /// The sheet, sorted and filtered for the line's variant.
    let lineAddress: String
    let isBaseline: Bool
    /// What a verdict is made of, for the page to judge by another margin; nil where nothing is compared.
    let evidence: Evidence?
    let cells: [Cell]
    let warnings: [String]
    let hasWarnings: Bool
    /// The pictures that the warnings are about: those that failed or are missing where there are some.
    let warningAddress: String
  }

  /// Unrounded, in points.
  struct Evidence: Sendable {
    let variantName: String
    let mean: String
    /// Empty without an interval.
    let lower: String
    let upper: String
    let isSignificant: Bool
    /// Whether there are prompts enough for any verdict.
    let isEnough: Bool
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
    /// The pictures behind the text.
    let cellAddress: String
    /// Whether there is a text that can lead there.
    let isLinked: Bool
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
  /// In points, unrounded; empty without one.
  let exactMargin: String
  /// What the drawings' left and right ends stand for, unrounded; empty without drawings.
  let scaleLow: String
  let scaleHigh: String
  /// Columns in all.
  let width: String

  /// - Parameter caption: What is compared with what, as it begins a sentence.
  init(_ comparison: Comparison, caption: String, links: SheetLinks) {
    let scale = Self.scale(comparison)
    let forests = scale.map { Self.forests(comparison, $0) } ?? [:]
    let columns = comparison.columns.compactMap { column in column.heading.map { (column, $0) } }
    heads = columns.map {
      Head(head: $1.text, headClass: $1.kind.style, explanation: $1.explanation, suffix: $1.suffix)
    }
    lines = comparison.allRows.map { row in
      let warnings = Self.warnings(row, comparison)
      return Line(
        ratio: row.variant.label, lineAddress: links.address(row.variant),
        isBaseline: row.variant.id == comparison.baseline?.variant.id,
        evidence: row.difference.map { Evidence($0, variantName: links.name(row.variant)) },
        // The first column is the line's own heading.
        cells: columns.dropFirst().map { column, heading in
          Cell(
            column.figure(row, .typographic), heading, forest: forests[row.variant.id],
            address: links.address(row.variant, under: heading))
        }, warnings: warnings, hasWarnings: !warnings.isEmpty,
        warningAddress: links.address(row.variant, state: row.failed + row.pending > 0 ? .missing : nil))
    }
    self.caption =
      "\(caption), with 95 % bootstrap intervals over \(NumberText.count(comparison.promptCount, "prompt"))."
    margin = comparison.margin.map { NumberText.fixed($0, 2) }
    exactMargin = comparison.margin.map { "\($0)" } ?? ""
    scaleLow = scale.map { "\($0.lowerBound)" } ?? ""
    scaleHigh = scale.map { "\($0.upperBound)" } ?? ""
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

  private static func ends(_ estimate: Estimate) -> (Double, Double) {
    (estimate.interval?.lower ?? estimate.value, estimate.interval?.upper ?? estimate.value)
  }

  /// Of all lines: it holds every interval and the margin on both sides. Nil where nothing can be drawn.
  private static func scale(_ comparison: Comparison) -> ClosedRange<Double>? {
    guard let margin = comparison.margin else { return nil }
    let all = comparison.rows.compactMap(\.difference?.difference).flatMap { [ends($0).0, ends($0).1] }
    let (low, high) = ((all + [-margin]).min() ?? 0, (all + [margin]).max() ?? 0)
    return high > low ? low...high : nil
  }

  /// By variant.
  private static func forests(_ comparison: Comparison, _ scale: ClosedRange<Double>) -> [Int64: Forest] {
    let margin = comparison.margin ?? 0
    let (low, high) = (scale.lowerBound, scale.upperBound)
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
  init(_ figure: Figure, _ heading: RowColumn.Heading, forest: RatioTable.Forest?, address: String) {
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
    cellAddress = address
    isLinked = !figure.text.isEmpty
  }
}

extension RatioTable.Evidence {
  init(_ compared: PairedComparison, variantName: String) {
    self.variantName = variantName
    mean = "\(compared.difference.value)"
    lower = compared.difference.interval.map { "\($0.lower)" } ?? ""
    upper = compared.difference.interval.map { "\($0.upper)" } ?? ""
    isSignificant = compared.isSignificant
    isEnough = compared.promptCount >= Verdict.minimumPrompts
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
