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
    let within = "\(name) within ±\(points) on average"
    switch recommendation {
    case .ratio(let ratio):
      let row = Self.row(of: ratio, in: comparison)
      // Better is safe, too, but nothing within a margin.
      let claim =
        row?.difference?.verdict == .better
        ? "is the largest tried that is shown to lose no more than \(points) of \(name) on average: "
          + "it gains \(gain(row))"
        : "is the largest tried that keeps \(within)"
      return "Ratio \(Self.name(ratio, in: comparison)) \(claim)\(losses(row)).\(saving(row))"
    case .noneSafe:
      let smallest = smallest(comparison)
      return "No ratio is safe: even \(smallest) scores worse than the unmerged pictures\(cost(comparison))."
    case .undecided:
      let smallest = smallest(comparison)
      return "No recommendation: ratio \(smallest) isn’t shown to keep \(within)\(more(comparison))."
    case .tooFewPrompts(let count):
      let most = "; take \(Recommendation.minimumPrompts) or more"
      let advice = comparison.morePrompts == nil ? most : more(comparison)
      return "No recommendation: \(NumberText.count(count, "prompt")) can’t carry one\(advice)."
    }
  }

  /// How sure the headline's recommendation is, in a sentence of its own; nil where it makes none, or nobody knows.
  package static func support(_ comparison: Comparison) -> String? {
    guard comparison.pairing.kind == .baseline, comparison.metric == .clipScore else { return nil }
    return comparison.sureness.map {
      "\(NumberText.percent($0)) of \(Recommendation.resamples) resamples of the prompts say the same."
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
      let word = verdict.word(comparison.metric)
      return labels.isEmpty ? nil : "\(word) \(labels.joined(separator: ", "))"
    }
    return
      (judged.isEmpty
      ? "\(metric) against \(reference): nothing is paired, so there is no verdict."
      : "\(metric) against \(reference): \(judged.joined(separator: "; ")).") + identity(comparison)
  }

  /// How many pictures are those of the other run: a sentence after another; empty where nothing is known.
  private func identity(_ comparison: Comparison) -> String {
    let known = comparison.rows.compactMap(\.pairIdentity)
    guard !known.isEmpty else { return "" }
    let all = PairIdentity(
      identical: known.map(\.identical).reduce(0, +), count: known.map(\.count).reduce(0, +))
    return " \(all.words) pictures \(all.count == 1 ? "is" : "are") bit-identical."
  }

  private func more(_ comparison: Comparison) -> String {
    comparison.morePrompts.map {
      "; about \(NumberText.count($0, "more prompt")) would probably settle it"
    } ?? ""
  }

  /// A mean hides single pictures.
  private func losses(_ row: Comparison.Row?) -> String {
    guard let difference = row?.difference else { return "" }
    let (lost, all) = (difference.lostPairCount, NumberText.count(difference.pairCount, "picture"))
    return lost == 0 ? ", and none of \(all) lost more" : ", though \(lost) of \(all) lost more"
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

  /// The time saved at a ratio with its interval, or that no difference is shown: a sentence after another.
  private func saving(_ row: Comparison.Row?) -> String {
    guard let timing = row?.timing else { return "" }
    guard timing.isSignificant else { return " There is no measurable difference in time here." }
    let speedUp = timing.estimate
    let isSaving = speedUp.value > 1
    func percent(_ speedUp: Double) -> Double { (isSaving ? 1 - 1 / speedUp : 1 / speedUp - 1) * 100 }
    let ends = speedUp.interval.map { [percent($0.lower), percent($0.upper)].sorted() }
    let interval = ends.map { " [\(NumberText.fixed($0[0], 0)), \(NumberText.fixed($0[1], 0))]" } ?? ""
    let share = "\(NumberText.fixed(percent(speedUp.value), 0)) %\(interval)"
    return isSaving ? " It saves \(share) of the time." : " Here it takes \(share) more time."
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
