/// The sign-flip permutation test of paired differences (Fisher 1935): were the variant no different, each
/// prompt's difference could as well have had the other sign.
public struct SignFlipTest: Hashable, Sendable, Codable {
  /// All sign patterns are tried up to this many prompts, random ones beyond.
  public let exactUpTo: Int
  /// Random sign patterns that are tried of more prompts than that.
  public let resamples: Int
  /// Of the random patterns.
  public let seed: UInt64

  /// - Precondition: `exactUpTo` is 1 to 24, `resamples` above 0.
  public init(exactUpTo: Int = 16, resamples: Int = 10_000, seed: UInt64 = 0) {
    precondition((1...24).contains(exactUpTo), "2^\(exactUpTo) sign patterns are not enumerable")
    precondition(resamples > 0, "a permutation test needs resamples, not \(resamples)")
    self.exactUpTo = exactUpTo
    self.resamples = resamples
    self.seed = seed
  }

  /// Two-sided p-value of the mean difference: the share of sign patterns whose sum lies at least as far from
  /// zero as the observed one. Random patterns count the observed one too (Phipson & Smyth 2010), so that p is
  /// never 0.
  /// - Parameter differences: One of each prompt.
  /// - Precondition: there is at least one.
  public func pValue(of differences: [Double]) -> Double {
    precondition(!differences.isEmpty, "a permutation test needs at least one difference")
    // Sums of equal terms in another order differ by rounding; ties must still count as ties.
    let observed = abs(differences.reduce(0, +))
    let threshold = observed - 1e-12 * differences.reduce(0) { $0 + abs($1) }
    return differences.count <= exactUpTo
      ? exact(differences, threshold) : sampled(differences, threshold)
  }

  /// Patterns come in mirrored pairs, so the last sign stays fixed; a Gray code flips one sign per step.
  private func exact(_ differences: [Double], _ threshold: Double) -> Double {
    let patterns = 1 << (differences.count - 1)
    var signed = differences
    var sum = differences.reduce(0, +)
    var extreme = abs(sum) >= threshold ? 1 : 0
    for step in 1..<max(patterns, 1) {
      let flipped = step.trailingZeroBitCount
      signed[flipped].negate()
      sum += 2 * signed[flipped]
      if abs(sum) >= threshold { extreme += 1 }
    }
    return Double(extreme) / Double(patterns)
  }

  private func sampled(_ differences: [Double], _ threshold: Double) -> Double {
    var random = SplitMix64(seed: seed)
    var extreme = 0
    for _ in 0..<resamples {
      var sum = 0.0
      var signs: UInt64 = 0
      for (position, difference) in differences.enumerated() {
        if position.isMultiple(of: 64) { signs = random.next() }
        sum += signs & 1 == 0 ? difference : -difference
        signs >>= 1
      }
      if abs(sum) >= threshold { extreme += 1 }
    }
    return Double(extreme + 1) / Double(resamples + 1)
  }
}
