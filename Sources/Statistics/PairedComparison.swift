/// One variant's score against the baseline's, as one of several variants compared.
public struct PairedComparison: Hashable, Sendable, Codable {
  /// Mean over prompts of variant minus baseline, with its interval.
  public let difference: Estimate
  /// Of the sign-flip test, two-sided.
  public let pValue: Double
  /// After Holm over all variants compared.
  public let adjustedPValue: Double
  public let promptCount: Int
  public let pairCount: Int
  /// In the score's units.
  public let margin: Double
  public let verdict: Verdict
  /// For an inconclusive comparison, about how many prompts would settle it; nil when none would.
  public let promptsNeeded: Int?

  /// Whether the difference itself is shown, however small; otherwise tables mark it with `~`.
  public var isSignificant: Bool {
    Verdict.isSignificant(difference: difference, adjustedPValue: adjustedPValue)
  }

  /// Compares every sample's variant with its baseline, with Holm's adjustment over all of them; nil for a
  /// sample without pairs, which takes no part in the adjustment.
  /// - Parameter margin: In the score's units.
  public static func all(
    _ samples: [PairedSample], margin: Double, higherIsBetter: Bool = true,
    bootstrap: Bootstrap = Bootstrap(),
    test: SignFlipTest = SignFlipTest()
  ) -> [PairedComparison?] {
    let measured = samples.filter { !$0.isEmpty }
    let pValues = measured.map { test.pValue(of: $0.differences) }
    var adjusted = zip(pValues, holmAdjusted(pValues)).makeIterator()
    return samples.map { sample in
      guard !sample.isEmpty, let (pValue, adjustedPValue) = adjusted.next() else { return nil }
      let difference = sample.meanDifference(bootstrap)
      let verdict = Verdict(
        difference: difference, adjustedPValue: adjustedPValue, promptCount: sample.promptCount,
        margin: margin, higherIsBetter: higherIsBetter)
      return PairedComparison(
        difference: difference, pValue: pValue, adjustedPValue: adjustedPValue,
        promptCount: sample.promptCount, pairCount: sample.pairCount, margin: margin, verdict: verdict,
        promptsNeeded: verdict == .inconclusive
          ? Statistics.promptsNeeded(
            meanDifference: difference.value, standardDeviation: sample.standardDeviation, margin: margin)
          : nil)
    }
  }
}
