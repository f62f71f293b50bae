import ResultStore
import Statistics

/// What a ratio costs and saves, in one sentence.
struct VerdictSentence {
  let minus: NumberText.Minus

  /// The page's headline.
  func headline(_ comparison: Comparison) -> String {
    guard comparison.baseline != nil, !comparison.rows.isEmpty else {
      return "Nothing to compare yet: the run has only one ratio."
    }
    guard let recommendation = comparison.recommendation, let margin = comparison.margin else {
      return "No CLIP scores yet, so nothing can be said about quality."
    }
    let within = "the CLIP score within ±\(NumberText.fixed(margin, 2)) points"
    switch recommendation {
    case .ratio(let ratio):
      return
        "Ratio \(NumberText.ratio(ratio)) is the largest that keeps \(within)\(saving(comparison, ratio))."
    case .noneSafe:
      return
        "No ratio is safe: even \(smallest(comparison)) scores worse than the unmerged pictures\(cost(comparison))."
    case .undecided(let needed):
      let advice = needed.map { needed in
        let more = needed - (comparison.rows.first?.difference?.promptCount ?? 0)
        return more > 0 ? "; about \(NumberText.count(more, "more prompt")) would probably settle it" : ""
      }
      return "No recommendation: ratio \(smallest(comparison)) isn’t shown to keep \(within)\(advice ?? "")."
    case .tooFewPrompts(let count):
      return
        "No recommendation: \(NumberText.count(count, "prompt")) can’t carry one; "
        + "take \(Recommendation.minimumPrompts) or more."
    }
  }

  /// As in `-0.12 [-0.31, +0.04]`.
  func difference(_ estimate: Estimate, decimals: Int = 2) -> String {
    NumberText.signed(estimate.value, decimals, minus: minus) + " " + interval(estimate, decimals: decimals)
  }

  func interval(_ estimate: Estimate, decimals: Int = 2) -> String {
    guard let interval = estimate.interval else { return "" }
    let lower = NumberText.signed(interval.lower, decimals, minus: minus)
    let upper = NumberText.signed(interval.upper, decimals, minus: minus)
    return "[\(lower), \(upper)]"
  }

  private func smallest(_ comparison: Comparison) -> String {
    NumberText.ratio(comparison.rows.first?.variant.ratio ?? 0)
  }

  private func cost(_ comparison: Comparison) -> String {
    guard let difference = comparison.rows.first?.difference?.difference else { return "" }
    return ", by \(NumberText.fixed(abs(difference.value), 2)) points \(interval(difference))"
  }

  /// The time saved at a ratio, or that none is shown.
  private func saving(_ comparison: Comparison, _ ratio: Double) -> String {
    guard let row = comparison.rows.first(where: { $0.variant.ratio == ratio }), let speedUp = row.speedUp
    else { return "" }
    guard row.isSpeedUpSignificant else { return "; here it saves no measurable time" }
    let share = abs(1 - 1 / speedUp.value) * 100
    return speedUp.value > 1
      ? ", and it saves \(NumberText.fixed(share, 0)) % of the time"
      : ", but here it takes \(NumberText.fixed((1 / speedUp.value - 1) * 100, 0)) % more time"
  }
}
