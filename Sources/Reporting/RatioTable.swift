import ResultStore
import Statistics

/// The table of ratios, formatted: one line per ratio, the baseline first.
struct RatioTable: Sendable {
  struct Line: Sendable {
    let ratio: String
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
    let identical: String
    let seedShare: String
    let seconds: String
    let speedUp: String
    let speedUpInterval: String
    let isSpeedUpUncertain: Bool
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
  let margin: String?
  let promptCount: String
  let resamples: String
  /// The metric that seeds measure by; nil where seed noise was not measured.
  let ruler: String?
  /// Columns in all.
  let width: String

  init(_ comparison: Comparison, _ sentence: VerdictSentence) {
    let margin = comparison.margin
    // All lines share one scale, which holds every interval and the margin on both sides.
    let ends = comparison.rows.compactMap(\.difference?.difference).flatMap {
      [$0.interval?.lower ?? $0.value, $0.interval?.upper ?? $0.value]
    }
    let low = (ends + [-(margin ?? 0)]).min() ?? 0
    let high = (ends + [margin ?? 0]).max() ?? 0
    func forest(_ row: Comparison.Row) -> Forest? {
      guard let margin, let estimate = row.difference?.difference, high > low else { return nil }
      func x(_ value: Double) -> Double { 4 + (value - low) / (high - low) * 112 }
      func text(_ value: Double) -> String { NumberText.fixed(value, 1) }
      return Forest(
        low: text(x(estimate.interval?.lower ?? estimate.value)),
        high: text(x(estimate.interval?.upper ?? estimate.value)), centre: text(x(estimate.value)),
        zero: text(x(0)), bandStart: text(x(-margin)), bandWidth: text(x(margin) - x(-margin)))
    }
    func number(_ value: Double?, _ metric: ScoreMetric, _ row: Comparison.Row) -> String {
      if row.variant.isBaseline, metric.needsBaseline { return "" }
      return value.map { NumberText.fixed($0, metric.decimals, minus: .typographic) } ?? "–"
    }
    lines = ((comparison.baseline.map { [$0] } ?? []) + comparison.rows).map { row in
      Line(
        ratio: row.variant.label, isBaseline: row.variant.isBaseline, images: "\(row.done)",
        clipScore: number(row.means[.clipScore], .clipScore, row),
        difference: row.difference.map {
          NumberText.signed($0.difference.value, 2, minus: .typographic)
        } ?? "",
        interval: row.difference.map { sentence.interval($0.difference) } ?? "",
        isUncertain: row.difference?.isSignificant == false,
        verdict: row.difference?.verdict.rawValue ?? "",
        clipImage: number(row.means[.clipImage], .clipImage, row), ssim: number(row.means[.ssim], .ssim, row),
        psnr: row.isIdentical ? "identical" : number(row.means[.psnr], .psnr, row),
        identical: row.identical > 0 && !row.isIdentical ? "+ \(row.identical) identical" : "",
        seedShare: row.seedShare.map(VerdictSentence.percent) ?? "",
        seconds: row.secondsPerImage.map(NumberText.seconds) ?? "–",
        speedUp: row.speedUp.map { NumberText.fixed($0.value, 2) + "×" } ?? "",
        speedUpInterval: row.speedUp?.interval.map {
          "[\(NumberText.fixed($0.lower, 2)), \(NumberText.fixed($0.upper, 2))]"
        } ?? "",
        isSpeedUpUncertain: row.speedUp != nil && !row.isSpeedUpSignificant,
        forest: forest(row), warnings: row.warnings, hasWarnings: !row.warnings.isEmpty)
    }
    self.margin = margin.map { NumberText.fixed($0, 2) }
    promptCount = NumberText.count(comparison.promptCount, "prompt")
    ruler = comparison.rulerMetric?.shortTitle
    width = ruler == nil ? "10" : "11"
    resamples = "\(comparison.bootstrap.resamples)"
  }
}
