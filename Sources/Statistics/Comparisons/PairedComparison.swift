/// One variant's score against the reference's, as one of several variants compared.
public struct PairedComparison: Hashable, Sendable, Codable {
  /// Mean over prompts of variant minus reference, with its interval.
  public let difference: Estimate
  /// Two-sided: the sign-flip test's, or the studentized bootstrap's where that is larger. Sign flips alone take
  /// skewed differences for an effect too often (`Benchmarks/statistics-simulation.md`).
  public let pValue: Double
  /// After Holm over all variants compared.
  public let adjustedPValue: Double
  /// Of the two one-sided tests against the margin (Schuirmann 1987), the larger; below 0.025 where the whole
  /// 95 % interval lies inside it.
  public let equivalencePValue: Double
  public let promptCount: Int
  public let pairCount: Int
  /// Pairs, that is pictures, that alone lost more than the margin.
  public let lostPairCount: Int
  /// In the score's units.
  public let margin: Double
  public let verdict: Verdict
  /// For an open comparison, inconclusive or of too few prompts, about how many in all would settle it; nil when none
  /// would.
  public let promptsNeeded: Int?

  /// Whether the difference itself is shown, however small; otherwise tables mark it as not significant.
  public var isSignificant: Bool {
    Verdict.isSignificant(difference: difference, adjustedPValue: adjustedPValue)
  }

  /// Compares every sample's variant with its reference, with Holm's adjustment over all of them; nil for a
  /// sample without pairs, which takes no part in the adjustment.
  /// - Parameter margin: In the score's units.
  public static func all<Prompt>(
    _ samples: [PairedSample<Prompt>], margin: Double, higherIsBetter: Bool = true,
    bootstrap: Bootstrap = Bootstrap(), test: SignFlipTest = SignFlipTest()
  ) -> [PairedComparison?] {
    let measured = samples.filter { !$0.isEmpty }
    let distributions = measured.map { bootstrap.distribution(ofMean: $0.differences) }
    let pValues = zip(measured, distributions).map { sample, distribution in
      let flipped = test.pValue(of: sample.differences)
      return sample.promptCount > 1 ? max(flipped, distribution.pValue(differentFrom: 0)) : flipped
    }
    let adjusted = holmAdjusted(pValues)
    var next = 0
    return samples.map { sample in
      guard !sample.isEmpty else { return nil }
      defer { next += 1 }
      let distribution = distributions[next]
      let difference = Estimate(
        value: distribution.value,
        interval: distribution.interval(bootstrap.method, confidence: bootstrap.confidence))
      let verdict = Verdict(
        difference: difference, adjustedPValue: adjusted[next], promptCount: sample.promptCount,
        margin: margin,
        higherIsBetter: higherIsBetter)
      return PairedComparison(
        difference: difference, pValue: pValues[next], adjustedPValue: adjusted[next],
        equivalencePValue: sample.promptCount > 1
          ? max(distribution.pValue(above: -margin), distribution.pValue(below: margin)) : 1,
        promptCount: sample.promptCount, pairCount: sample.pairCount,
        lostPairCount: sample.pairDifferences.count { (higherIsBetter ? -$0 : $0) > margin },
        margin: margin, verdict: verdict,
        promptsNeeded: [.inconclusive, .tooFew].contains(verdict)
          ? Statistics.promptsNeeded(
            meanDifference: difference.value, standardDeviation: sample.standardDeviation,
            promptCount: sample.promptCount, margin: margin,
            comparisons: pValues.count) : nil)
    }
  }
}
