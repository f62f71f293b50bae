/// What votes say of one variant against the baseline, as one of several variants voted on.
///
/// A vote that sees no difference counts half to each side: it is evidence that people have no preference, which is
/// what an equivalence is shown by. Left out, a variant of which nobody tells the pictures from the baseline's would
/// stay undecided for want of decided votes.
package struct Preference: Sendable, Hashable {
  package enum Choice: Sendable, Hashable, CaseIterable {
    case baseline, merged, neither
  }

  package struct Vote: Sendable, Hashable {
    package let prompt: Int64
    package let person: Int64
    package let choice: Choice

    package init(prompt: Int64, person: Int64, choice: Choice) {
      self.prompt = prompt
      self.person = person
      self.choice = choice
    }
  }

  /// Of one half: a share of preferences in 0.4...0.6 counts as none.
  package static let standardMargin = 0.10

  /// Of the votes, for the baseline.
  package let share: ClusteredShare
  package let baselineCount: Int
  package let mergedCount: Int
  package let neitherCount: Int
  /// Two-sided, that people have no preference: the interval's, or that of the sign-flip test over prompts where it is
  /// larger.
  package let pValue: Double
  /// After Holm over all variants voted on.
  package let adjustedPValue: Double
  /// Of the two one-sided tests against the margin, the larger; 1 for a single prompt.
  package let equivalencePValue: Double
  package let margin: Double
  /// Better is what people prefer to the baseline.
  package let verdict: Verdict
  /// For an open comparison, about how many votes in all would settle it, spread over prompts as these are; nil when
  /// none would.
  package let votesNeeded: Int?

  package var voteCount: Int { share.count }

  /// Whether a preference is shown, however small.
  package var isSignificant: Bool {
    Verdict.isSignificant(difference: Self.difference(share), adjustedPValue: adjustedPValue)
  }

  /// Judges the votes on every variant, with Holm's adjustment over all of them; nil for one without votes, which takes
  /// no part in the adjustment.
  /// - Parameter margin: How far from one half a share may lie and still count as no preference.
  package static func all(
    _ ballots: [[Vote]], margin: Double = standardMargin, test: SignFlipTest = SignFlipTest()
  ) -> [Preference?] {
    let shares = ballots.map { votes in
      ClusteredShare(votes.map { .init(prompt: $0.prompt, person: $0.person, value: $0.choice.value) })
    }
    let pValues = zip(ballots, shares).compactMap { votes, share -> Double? in
      share.map { pValue($0, votes, test) }
    }
    let adjusted = holmAdjusted(pValues)
    var next = 0
    return zip(ballots, shares).map { votes, share in
      guard let share else { return nil }
      defer { next += 1 }
      return Preference(
        votes, share, pValue: pValues[next], adjustedPValue: adjusted[next], margin: margin,
        comparisons: pValues.count)
    }
  }

  private init(
    _ votes: [Vote], _ share: ClusteredShare, pValue: Double, adjustedPValue: Double, margin: Double,
    comparisons: Int
  ) {
    self.share = share
    baselineCount = votes.count { $0.choice == .baseline }
    mergedCount = votes.count { $0.choice == .merged }
    neitherCount = votes.count { $0.choice == .neither }
    self.pValue = pValue
    self.adjustedPValue = adjustedPValue
    self.margin = margin
    equivalencePValue =
      share.promptCount > 1
      ? max(share.pValue(above: 0.5 - margin), share.pValue(below: 0.5 + margin)) : 1
    let difference = Self.difference(share)
    verdict = Verdict(
      difference: difference, adjustedPValue: adjustedPValue, promptCount: share.promptCount, margin: margin)
    guard [.inconclusive, .tooFew].contains(verdict) else {
      votesNeeded = nil
      return
    }
    let prompts = Double(share.promptCount)
    votesNeeded = promptsNeeded(
      meanDifference: difference.value, standardDeviation: share.standardError * prompts.squareRoot(),
      promptCount: share.promptCount, margin: margin, comparisons: comparisons
    ).map { Int((Double($0) * Double(share.count) / prompts).rounded(.up)) }
  }

  /// Of the share that prefers the merged pictures to one half: below zero where the baseline is preferred.
  private static func difference(_ share: ClusteredShare) -> Estimate {
    Estimate(
      value: 0.5 - share.estimate.value,
      interval: share.estimate.interval.map { Interval(lower: 0.5 - $0.upper, upper: 0.5 - $0.lower) })
  }

  private static func pValue(_ share: ClusteredShare, _ votes: [Vote], _ test: SignFlipTest) -> Double {
    // Were there no preference, the votes on a prompt could as well have gone to the other side, all together.
    var order: [Int64] = []
    var sums: [Int64: Double] = [:]
    for vote in votes {
      if sums[vote.prompt] == nil { order.append(vote.prompt) }
      sums[vote.prompt, default: 0] += vote.choice.value - 0.5
    }
    let flipped = test.pValue(of: order.map { sums[$0, default: 0] })
    guard share.promptCount > 1 else { return flipped }
    return max(flipped, min(1, 2 * min(share.pValue(above: 0.5), share.pValue(below: 0.5))))
  }
}

extension Preference.Choice {
  /// For the baseline.
  var value: Double {
    switch self {
    case .baseline: 1
    case .merged: 0
    case .neither: 0.5
    }
  }
}
