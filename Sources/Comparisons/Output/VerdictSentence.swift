import Metrics
import ResultStore
package import Statistics
package import Wording

/// What a ratio costs and saves, in one sentence.
package struct VerdictSentence {
  let minus: NumberText.Minus

  package init(minus: NumberText.Minus) { self.minus = minus }

  /// The page's headline.
  package func headline(_ comparison: Comparison) -> String {
    guard comparison.pairing.kind == .baseline, comparison.metric == .clipScore else {
      return tally(comparison)
    }
    guard comparison.baseline != nil, !comparison.rows.isEmpty else {
      return "Nothing to compare yet: the run has only one ratio."
    }
    guard let recommendation = comparison.recommendation, let margin = comparison.margin else {
      return "No CLIP scores yet, so nothing can be said about quality."
    }
    let name = "the CLIP score" + (comparison.measure?.scorerName.map { " (\($0))" } ?? "")
    let points = "\(NumberText.fixed(margin, 2)) points"
    let within = "\(name) within ±\(points)"
    switch recommendation {
    case .ratio(let ratio):
      let row = Self.row(of: ratio, in: comparison)
      // Better is safe, too, but nothing within a margin.
      let claim =
        row?.difference?.verdict == .better
        ? "is the largest shown to lose no more than \(points) of \(name): it gains \(gain(row))"
        : "is the largest that keeps \(within)"
      return
        "Ratio \(Self.name(ratio, in: comparison)) \(claim)\(saving(row))\(sureness(comparison))."
    case .noneSafe:
      return
        "No ratio is safe: even \(smallest(comparison)) scores worse than the unmerged pictures\(cost(comparison))"
        + "\(sureness(comparison))."
    case .undecided(let needed):
      let advice = needed.map { needed in
        let more = needed - (smallestRow(comparison)?.difference?.promptCount ?? 0)
        return more > 0 ? "; about \(NumberText.count(more, "more prompt")) would probably settle it" : ""
      }
      return "No recommendation: ratio \(smallest(comparison)) isn’t shown to keep \(within)\(advice ?? "")."
    case .tooFewPrompts(let count):
      return
        "No recommendation: \(NumberText.count(count, "prompt")) can’t carry one; "
        + "take \(Recommendation.minimumPrompts) or more."
    }
  }

  /// What the score of the headline hardly sees, and how much of it there is at each ratio that it judges.
  package static func blindSpot(_ comparison: Comparison) -> String? {
    let merged = comparison.rows.filter { $0.variant.isMerged && $0.variant.isSampledLikeBaseline }
    guard comparison.pairing.kind == .baseline, comparison.metric == .clipScore, let first = merged.first,
      let measure = comparison.pairing.contents.measure(.ssim)
    else { return nil }
    let likeness = merged.filter { $0.variant.mergesLike(first.variant) }.compactMap { row in
      row.means[measure].map { "\(NumberText.fixed($0, measure.metric.decimals)) at \(row.variant.label)" }
    }
    return likeness.isEmpty
      ? nil
      : "CLIP scores judge what a picture shows, which specks and frayed edges hardly change; "
        + "SSIM against the unmerged pictures sees them: \(likeness.joined(separator: ", "))"
  }

  /// As in `-0.12 [-0.31, +0.04]`.
  package func difference(_ estimate: Estimate, decimals: Int = 2) -> String {
    NumberText.signed(estimate.value, decimals, minus: minus) + " " + interval(estimate, decimals: decimals)
  }

  package func interval(_ estimate: Estimate, decimals: Int = 2) -> String {
    guard let interval = estimate.interval else { return "" }
    let lower = NumberText.signed(interval.lower, decimals, minus: minus)
    let upper = NumberText.signed(interval.upper, decimals, minus: minus)
    return "[\(lower), \(upper)]"
  }

  private func smallest(_ comparison: Comparison) -> String {
    smallestRow(comparison)?.variant.label ?? "0"
  }

  /// The row that the recommendation starts from.
  private func smallestRow(_ comparison: Comparison) -> Comparison.Row? {
    comparison.rows.first { $0.variant.isMerged && $0.variant.isSampledLikeBaseline && $0.difference != nil }
  }

  /// Where no ratio is recommended: who does how, against whom.
  private func tally(_ comparison: Comparison) -> String {
    let metric = comparison.measure?.shortTitle ?? comparison.metric.shortTitle
    let reference =
      switch comparison.pairing.kind {
      case .baseline: "the baseline"
      case .variant(let label): label
      case .run(let name): "run \(name)"
      }
    let judged = Verdict.allCases.compactMap { verdict -> String? in
      let labels = comparison.rows.filter { $0.difference?.verdict == verdict }.map(\.variant.label)
      return labels.isEmpty ? nil : "\(verdict.rawValue) \(labels.joined(separator: ", "))"
    }
    return judged.isEmpty
      ? "\(metric) against \(reference): nothing is paired, so there is no verdict."
      : "\(metric) against \(reference): \(judged.joined(separator: "; "))."
  }

  private func sureness(_ comparison: Comparison) -> String {
    comparison.sureness.map { "; \(NumberText.percent($0)) of resamples of the prompts say the same" } ?? ""
  }

  /// As in `up to 0.5 (93 % sure)`: a recommendation in a list.
  static func advice(_ comparison: Comparison) -> String? {
    let sure = comparison.sureness.map { " (\(NumberText.percent($0)) of resamples agree)" } ?? ""
    return comparison.recommendation.map { recommendation in
      switch recommendation {
      case .ratio(let ratio): "up to \(name(ratio, in: comparison))\(sure)"
      case .noneSafe: "no ratio\(sure)"
      case .undecided: "undecided\(sure)"
      case .tooFewPrompts(let count): "too few prompts (\(count) of \(Recommendation.minimumPrompts))"
      }
    }
  }

  /// As in `0.9132 [0.9021, 0.9240]`.
  package static func plain(_ estimate: Estimate, decimals: Int) -> String {
    NumberText.fixed(estimate.value, decimals) + (estimate.bounds(decimals).map { " " + $0 } ?? "")
  }

  /// As in `1.31 [1.27, 1.35] times as fast`, or that it cannot be told.
  package static func speed(_ timing: SpeedUp) -> String {
    let figure = "\(plain(timing.estimate, decimals: 2)) times as fast"
    return timing.isWithoutDifference ? "no measurable difference in time (\(figure))" : figure
  }

  private func cost(_ comparison: Comparison) -> String {
    guard let difference = smallestRow(comparison)?.difference?.difference else { return "" }
    return ", by \(NumberText.fixed(abs(difference.value), 2)) points \(interval(difference))"
  }

  private func gain(_ row: Comparison.Row?) -> String {
    row?.difference.map { difference($0.difference) } ?? ""
  }

  /// The row of a ratio that is recommended.
  private static func row(of ratio: Double, in comparison: Comparison) -> Comparison.Row? {
    comparison.rows.first {
      $0.variant.ratio == ratio && $0.variant.isSampledLikeBaseline && $0.difference != nil
    }
  }

  /// As its row has it.
  private static func name(_ ratio: Double, in comparison: Comparison) -> String {
    let label = row(of: ratio, in: comparison)?.variant.label.prefix { $0 != " " }
    return label.map { String($0) } ?? NumberText.ratio(ratio)
  }

  /// The time saved at a ratio, or that no difference is shown.
  private func saving(_ row: Comparison.Row?) -> String {
    guard let timing = row?.timing else { return "" }
    let speedUp = timing.estimate
    guard timing.isSignificant else { return "; here there is no measurable difference in time" }
    let share = abs(1 - 1 / speedUp.value) * 100
    return speedUp.value > 1
      ? ", and it saves \(NumberText.fixed(share, 0)) % of the time"
      : ", but here it takes \(NumberText.fixed((1 / speedUp.value - 1) * 100, 0)) % more time"
  }
}

extension Estimate {
  /// Its interval, as in `[0.9021, 0.9240]`.
  func bounds(_ decimals: Int, times scale: Double = 1) -> String? {
    interval.map {
      "[\(NumberText.fixed($0.lower * scale, decimals)), \(NumberText.fixed($0.upper * scale, decimals))]"
    }
  }
}
