import ResultStore
import Statistics

/// The table of ratios, formatted: one line per ratio, the baseline first.
struct RatioTable: Sendable {
  struct Line: Sendable {
    let ratio: String
    let effective: String
    let isCapped: Bool
    let isBaseline: Bool
    let images: String
    let clipScore: String
    let difference: String
    let interval: String
    /// Whether the difference is not shown to be one.
    let isUncertain: Bool
    let verdict: String
    let clipImage: String
    let ssim: String
    let psnr: String
    let lpips: String
    let identical: String
    let seedShare: String
    let seedShareInterval: String
    let seconds: String
    let speedUp: String
    let speedUpInterval: String
    let isSpeedUpUncertain: Bool
    let memory: String
    let forest: Forest?
    let warnings: [String]
    let hasWarnings: Bool
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

  let lines: [Line]
  /// What the differences are to.
  let caption: String
  let margin: String?
  /// The metric that seeds measure by; nil where seed noise was not measured.
  let ruler: String?
  /// Whether pictures have LPIPS, which needs weights of its own.
  let hasLPIPS: Bool
  /// Columns in all.
  let width: String

  /// - Parameter caption: What is compared with what, as it begins a sentence.
  init(_ comparison: Comparison, _ sentence: VerdictSentence, caption: String) {
    let forests = Self.forests(comparison)
    lines = comparison.allRows.map { row in
      let warnings = Self.warnings(row, comparison)
      let ratio = row.variant.ratio
      return Line(
        ratio: row.variant.label, effective: ratio > 0 ? NumberText.ratio(row.variant.effectiveRatio) : "",
        isCapped: row.variant.effectiveRatio < ratio,
        isBaseline: row.variant.id == comparison.baseline?.variant.id, images: "\(row.done)",
        clipScore: Self.number(row, .clipScore),
        difference: row.difference.map {
          NumberText.signed($0.difference.value, 2, minus: .typographic)
        } ?? "",
        interval: row.difference.map { sentence.interval($0.difference) } ?? "",
        isUncertain: row.difference?.isSignificant == false,
        verdict: row.difference?.verdict.rawValue ?? "",
        clipImage: Self.number(row, .clipImage), ssim: Self.number(row, .ssim),
        psnr: row.isIdentical ? "identical" : Self.number(row, .psnr),
        lpips: Self.number(row, .lpips),
        identical: row.identical > 0 && !row.isIdentical ? "+ \(row.identical) identical" : "",
        seedShare: row.seedShare.map { "\(NumberText.fixed($0.value * 100, 0)) %" } ?? "",
        seedShareInterval: row.seedShare?.interval.map {
          "[\(NumberText.fixed($0.lower * 100, 0)), \(NumberText.fixed($0.upper * 100, 0))]"
        } ?? "",
        seconds: row.secondsPerImage.map(NumberText.seconds) ?? "–",
        speedUp: row.speedUp.map { NumberText.fixed($0.value, 2) + "×" } ?? "",
        speedUpInterval: row.speedUp?.interval.map {
          "[\(NumberText.fixed($0.lower, 2)), \(NumberText.fixed($0.upper, 2))]"
        } ?? "",
        isSpeedUpUncertain: row.speedUp != nil && !row.isSpeedUpSignificant,
        memory: row.peakMemoryBytes.map(NumberText.memory) ?? "–",
        forest: forests[row.variant.id], warnings: warnings, hasWarnings: !warnings.isEmpty)
    }
    self.caption =
      "\(caption), with 95 % bootstrap intervals over \(NumberText.count(comparison.promptCount, "prompt"))."
    margin = comparison.margin.map { NumberText.fixed($0, 2) }
    ruler = comparison.rulerMetric?.shortTitle
    hasLPIPS = comparison.rows.contains { $0.means[.lpips] != nil }
    width = "\(12 + (ruler == nil ? 0 : 1) + (hasLPIPS ? 1 : 0))"
  }

  private static func number(_ row: Comparison.Row, _ metric: ScoreMetric) -> String {
    if row.variant.isBaseline, metric.needsBaseline { return "" }
    return row.means[metric].map { NumberText.fixed($0, metric.decimals, minus: .typographic) } ?? "–"
  }

  /// What must be known before a row is believed, and what would settle an open one.
  private static func warnings(_ row: Comparison.Row, _ comparison: Comparison) -> [String] {
    let isBaseline = row.variant.id == comparison.baseline?.variant.id
    var lines = row.warnings
    lines += comparison.pairing.contents.nullChecks.filter { check in
      check.outcome == .failed && check.kind.needsPicture
        && (check.variantID.map { $0 == row.variant.id } ?? isBaseline)
    }.map { "null check failed: \($0.detail)" }
    if let difference = row.difference, let needed = difference.promptsNeeded {
      let more = needed - difference.promptCount
      if more > 0 { lines.append("about \(NumberText.count(more, "more prompt")) would probably settle it") }
    }
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
