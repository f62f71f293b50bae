/// One variant's score against the reference's, as one of several variants compared.
public struct PairedComparison: Hashable, Sendable, Codable {
  /// Mean over prompts of variant minus reference. Its interval holds together with those of all other variants
  /// compared (Beran's simultaneous confidence sets, 1988): verdicts and marks are made of it, and of nothing else.
  public let difference: Estimate
  /// The 95 % interval of this comparison alone.
  public let singleInterval: Interval?
  /// Of the interval in ``difference``, taken alone: what it needs to hold together with the others.
  public let confidence: Double
  /// Two-sided, of this comparison alone, as its own interval has it.
  public let pValue: Double
  /// After all variants compared, as ``difference`` has it.
  public let adjustedPValue: Double
  /// The sign-flip test's, two-sided, of this comparison alone: beside the others, as it needs no bootstrap. Alone it
  /// takes skewed differences for an effect too often (`Benchmarks/statistics-simulation.md`).
  public let signFlipPValue: Double
  /// Of the two one-sided tests against the margin (Schuirmann 1987), the larger; below 0.025 where the whole
  /// interval of this comparison alone lies inside it.
  public let equivalencePValue: Double
  /// Prompts that were compared: the units of all intervals and tests.
  public let promptCount: Int
  /// Pairs of measurements behind them.
  public let pairCount: Int
  /// Pairs, that is pictures, that alone lost more than the margin.
  public let lostPairCount: Int
  /// In the score's units.
  public let margin: Double
  /// What the comparison lets one say.
  public let verdict: Verdict
  /// For an open comparison, inconclusive or of too few prompts, about how many in all would settle it; nil when none
  /// would.
  public let promptsNeeded: Int?

  /// Whether the difference itself is shown, however small: whether its interval excludes zero. Otherwise tables mark it
  /// as not significant.
  public var isSignificant: Bool { Verdict.isSignificant(difference: difference) }

  /// Compares every sample's variant with its reference, with intervals that hold together for all of them; nil for a
  /// sample without pairs, which takes no part in that.
  /// - Parameters:
  ///   - samples: One of each variant, against one baseline.
  ///   - margin: How large a mean difference counts as none, in the score's units, see ``Margin``.
  ///   - higherIsBetter: Which way the score goes.
  ///   - bootstrap: Makes the intervals.
  ///   - test: Makes ``signFlipPValue``.
  /// - Returns: In the order of the samples.
  public static func all<Prompt>(
    _ samples: [PairedSample<Prompt>], margin: Double, higherIsBetter: Bool = true,
    bootstrap: Bootstrap = Bootstrap(), test: SignFlipTest = SignFlipTest()
  ) -> [PairedComparison?] {
    let measured = samples.filter { !$0.isEmpty }
    let distributions = measured.map { bootstrap.distribution(ofMean: $0.differences) }
    var sets: [[Prompt]: Int] = [:]
    let units = measured.map { sample in
      let number = sets[sample.prompts] ?? sets.count
      sets[sample.prompts] = number
      return number
    }
    let family = SimultaneousIntervals(units: units, distributions, bootstrap)
    var next = 0
    return samples.map { sample in
      guard !sample.isEmpty else { return nil }
      defer { next += 1 }
      let (distribution, confidence) = (distributions[next], family.confidences[next])
      let isSeveral = sample.promptCount > 1
      let difference = Estimate(
        value: distribution.value, interval: distribution.interval(bootstrap.method, confidence: confidence))
      let verdict = Verdict(
        difference: difference, promptCount: sample.promptCount, margin: margin,
        higherIsBetter: higherIsBetter)
      return PairedComparison(
        difference: difference,
        singleInterval: distribution.interval(bootstrap.method, confidence: bootstrap.confidence),
        confidence: confidence,
        pValue: isSeveral ? distribution.pValue(differentFrom: 0) : 1,
        adjustedPValue: isSeveral ? family.adjustedPValues[next] : 1,
        signFlipPValue: test.pValue(of: sample.differences),
        equivalencePValue: isSeveral
          ? max(distribution.pValue(above: -margin), distribution.pValue(below: margin)) : 1,
        promptCount: sample.promptCount, pairCount: sample.pairCount,
        lostPairCount: sample.pairDifferences.count { (higherIsBetter ? -$0 : $0) > margin },
        margin: margin, verdict: verdict,
        promptsNeeded: [.inconclusive, .tooFew].contains(verdict)
          ? Statistics.promptsNeeded(
            meanDifference: difference.value, standardDeviation: sample.standardDeviation,
            promptCount: sample.promptCount, margin: margin, confidence: confidence) : nil)
    }
  }
}
