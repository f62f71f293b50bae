/// About how many prompts an inconclusive comparison needs in all, for an 80 % chance of a verdict.
///
/// The normal approximation `n = ((z₀.₉₇₅ + z₀.₈) s / d)²`, where s is the standard deviation of the prompts'
/// differences and d the distance to the nearer conclusion: zero (a difference) or the margin (equivalence).
/// Nil when s is unknown, or when the mean lies so close between both that no number of prompts helps.
public func promptsNeeded(meanDifference: Double, standardDeviation: Double?, margin: Double) -> Int? {
  guard let standardDeviation else { return nil }
  let distance = max(abs(meanDifference), margin - abs(meanDifference))
  guard distance > 0 else { return nil }
  let root = (1.959964 + 0.841621) * standardDeviation / distance
  let needed = (root * root).rounded(.up)
  return needed < 1e6 ? max(Int(needed), Verdict.minimumPrompts) : nil
}
