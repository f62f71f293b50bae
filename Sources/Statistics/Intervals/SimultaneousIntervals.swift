/// Intervals of several means that hold together: balanced simultaneous confidence sets (Beran 1988, "Balanced
/// simultaneous confidence sets", JASA 83, 679–686).
///
/// Every resample of the prompts is drawn for all variants at once. In each, that variant counts whose studentized mean
/// lies furthest out among its own resampled ones; the level of the single intervals is what 5 % of the resamples stay
/// under with that. So the chance that any interval misses is 5 %, each is as likely to miss as any other, and variants
/// that move together cost less than Bonferroni's level, which is never gone below. Of one variant it is 5 % itself.
///
/// Samples of other prompts share no resamples: what is allowed is divided among the sets of prompts by how many
/// variants each has, after Bonferroni. A variant that differs alike in every prompt has no spread, and takes no part.
struct SimultaneousIntervals {
  /// Of each sample's interval alone, between the family's confidence and 1.
  let confidences: [Double]
  /// The smallest level at which a sample's interval excludes zero, two-sided: the single-step minimum of p-values
  /// (Westfall & Young 1993, algorithm 2.5) over the same resamples.
  let adjustedPValues: [Double]

  /// - Parameters:
  ///   - units: What the samples are of: equal ones were measured in the same prompts, in the same order.
  ///   - distributions: Of the samples, by one bootstrap.
  init(units: [Int], _ distributions: [BootstrapDistribution], _ bootstrap: Bootstrap) {
    let level = 1 - bootstrap.confidence
    var confidences = distributions.map { _ in bootstrap.confidence }
    var adjusted = distributions.map { $0.pValue(differentFrom: 0) }
    let spread = distributions.indices.filter { distributions[$0].standardError > 0 }
    for members in Dictionary(grouping: spread, by: { units[$0] }).values {
      // The share of the level that these may use.
      let part = Double(members.count) / Double(spread.count)
      let least = level / Double(spread.count)
      guard spread.count > 1 else { continue }
      let joint = Self.smallest(members.map { distributions[$0] }, bootstrap)
      let single =
        joint.isEmpty ? least : min(max(Self.level(of: joint, share: level * part), least), level * part)
      for member in members {
        confidences[member] = 1 - single
        let own = adjusted[member]
        let bonferroni = min(1, own * Double(spread.count))
        guard !joint.isEmpty else {
          adjusted[member] = bonferroni
          continue
        }
        let share = Double(joint.count(below: own.nextUp) + 1) / Double(joint.count + 1)
        adjusted[member] = min(max(own, share / part), bonferroni)
      }
    }
    self.confidences = confidences
    adjustedPValues = adjusted
  }

  /// The largest of ascending p-values that no more than a share of them stay at or under; 0 where the first ones are
  /// more.
  private static func level(of smallest: [Double], share: Double) -> Double {
    let allowed = Int(share * Double(smallest.count))
    let below = smallest.count(below: smallest[min(allowed, smallest.count - 1)])
    return below > 0 ? smallest[below - 1] : 0
  }

  /// Of each resample, the smallest two-sided p-value that one of the variants has among its own resampled values,
  /// ascending; none where there is nothing to study.
  private static func smallest(_ distributions: [BootstrapDistribution], _ bootstrap: Bootstrap) -> [Double] {
    guard bootstrap.method == .studentized, distributions.allSatisfy({ !$0.studentized.isEmpty }) else {
      return []
    }
    var smallest: [Double] = []
    smallest.reserveCapacity(bootstrap.resamples)
    for resample in 0..<bootstrap.resamples {
      var least = Double.infinity
      for distribution in distributions {
        let t = distribution.drawn[resample]
        guard !t.isNaN else { continue }
        let values = distribution.studentized
        let tail = min(values.count(below: t.nextUp), values.count - values.count(below: t))
        least = min(least, 2 * Double(tail) / Double(values.count))
      }
      if least.isFinite { smallest.append(min(least, 1)) }
    }
    return smallest.sorted()
  }
}
