/// About how many prompts an inconclusive comparison needs in all, for an 80 % chance of a verdict.
///
/// With `N` prompts the standard error is `s / √N`, and no verdict falls when the mean lies between
/// `max(0, margin − t₀.₉₇₅ s/√N)` and `t s/√N` on either side. The mean of all N prompts, given the n there are,
/// is predicted as normal about the mean so far with variance `s² (1/n − 1/N)` (predictive power, Spiegelhalter,
/// Freedman & Blackburn 1986), because the mean so far is itself only known to `s/√n`. From
/// `((t₀.₉₇₅ + t) s / margin)²` prompts on every outcome is a verdict, so a positive margin always has an answer.
/// - Parameters:
///   - promptCount: The prompts there are, n.
///   - standardDeviation: Of the prompts' differences, s; nil when it is unknown.
///   - comparisons: How many comparisons Holm may count against this one: all of them, lest the advice be too small; 1
///     for intervals that hold together.
///   - confidence: Of the interval that decides.
/// - Returns: Nil where the answer is unknown or beyond a million.
package func promptsNeeded(
  meanDifference: Double, standardDeviation: Double?, promptCount: Int, margin: Double, comparisons: Int = 1,
  confidence: Double = 0.95
) -> Int? {
  guard let standardDeviation, standardDeviation > 0, promptCount > 1 else { return nil }
  let advice = VerdictChance(
    mean: meanDifference, standardDeviation: standardDeviation, promptCount: promptCount, margin: margin,
    comparisons: comparisons, tail: (1 - confidence) / 2)
  var low = max(promptCount, Verdict.minimumPrompts - 1)
  var high = low + 1
  while advice.chance(prompts: high) < 0.8 {
    guard high < 1_000_000 else { return nil }
    (low, high) = (high, high + max(1, high / 2))
  }
  while high - low > 1 {
    let middle = (low + high) / 2
    if advice.chance(prompts: middle) < 0.8 { low = middle } else { high = middle }
  }
  return high
}

/// How likely more prompts lead to a verdict.
private struct VerdictChance {
  let mean: Double
  let standardDeviation: Double
  let promptCount: Int
  let margin: Double
  let comparisons: Int
  /// The share beyond either end of the interval.
  let tail: Double

  func chance(prompts: Int) -> Double {
    let error = standardDeviation / Double(prompts).squareRoot()
    let far = reach(1 - tail / Double(comparisons), prompts) * error
    let near = max(0, margin - reach(1 - tail, prompts) * error)
    guard near < far else { return 1 }
    let spread = standardDeviation * (1 / Double(promptCount) - 1 / Double(prompts)).squareRoot()
    func below(_ value: Double) -> Double { Normal.probability(upTo: (value - mean) / spread) }
    return 1 - (below(far) - below(near) + below(-near) - below(-far))
  }

  /// Student's quantile, the normal one where both agree to a thousandth.
  private func reach(_ probability: Double, _ prompts: Int) -> Double {
    prompts > 1000
      ? Normal.quantile(probability) : StudentT(degreesOfFreedom: prompts - 1).quantile(probability)
  }
}
