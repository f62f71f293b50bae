import Testing

@testable import Statistics

@Suite struct `Preferences` {
  private func votes(_ choices: [[Preference.Choice]]) -> [Preference.Vote] {
    choices.enumerated().flatMap { prompt, own in
      own.enumerated().map { .init(prompt: Int64(prompt), person: Int64($0.offset), choice: $0.element) }
    }
  }

  /// Four prompts with a vote each, 1, 1, ½ and 0, and the two that are added, 1 and 0: their centre is 3.5 of 6.
  @Test func `an interval by hand`() throws {
    let share = try #require(
      ClusteredShare(
        [1, 1, 0.5, 0].enumerated().map { .init(prompt: Int64($0.offset), person: 9, value: $0.element) }))
    let centre = 3.5 / 6
    let squares = 3 * (1 - centre) * (1 - centre) + (0.5 - centre) * (0.5 - centre) + 2 * centre * centre
    let error = (6.0 / 5 * squares / 36).squareRoot()
    #expect(abs(share.centre - centre) < 1e-12 && abs(share.standardError - error) < 1e-12)
    #expect(share.estimate.value == 0.625 && share.degreesOfFreedom == 5)
    let interval = try #require(share.estimate.interval)
    // Student's t for five degrees of freedom.
    #expect(abs(interval.lower - (centre - 2.570582 * error)) < 1e-6)
    #expect(abs(interval.upper - min(1, centre + 2.570582 * error)) < 1e-6)
    #expect(ClusteredShare([]) == nil)
    #expect(
      ClusteredShare([.init(prompt: 1, person: 1, value: 1), .init(prompt: 1, person: 2, value: 0)])?.estimate
        == Estimate(value: 0.5, interval: nil))
  }

  @Test func `more votes on the same prompts are no more prompts`() throws {
    let once = votes((0..<20).map { [$0 < 14 ? .baseline : .merged] })
    let thrice = votes((0..<20).map { Array(repeating: $0 < 14 ? .baseline : .merged, count: 3) })
    let (one, three) = (try #require(Preference.all([once])[0]), try #require(Preference.all([thrice])[0]))
    let (narrow, wide) = (
      try #require(three.share.estimate.interval), try #require(one.share.estimate.interval)
    )
    #expect(abs(narrow.lower - wide.lower) < 1e-12 && abs(narrow.upper - wide.upper) < 1e-12)
    #expect(abs(one.pValue - three.pValue) < 1e-12)
  }

  @Test func `verdicts are worse where people prefer the baseline, and better where not`() throws {
    func verdict(_ choices: [Preference.Choice]) throws -> Verdict {
      try #require(Preference.all([votes(choices.map { [$0] })])[0]).verdict
    }
    let many = 0..<60
    #expect(try verdict(many.map { $0 % 6 == 0 ? .merged : .baseline }) == .worse)
    #expect(try verdict(many.map { $0 % 6 == 0 ? .baseline : .merged }) == .better)
    // Nobody sees a difference: what decided votes alone would never show.
    #expect(try verdict(many.map { _ in .neither }) == .equivalent)
    #expect(try verdict(many.map { $0 % 2 == 0 ? .baseline : .merged }) == .inconclusive)
    #expect(try verdict((0..<5).map { _ in .baseline }) == .tooFew)
    #expect(try verdict((0..<8).map { _ in .neither }) == .inconclusive)
  }

  @Test func `open ones say how many votes it takes, and no others do`() throws {
    let open = votes((0..<20).map { [$0 % 2 == 0 ? .baseline : .merged, .neither] })
    let judged = Preference.all([open, [], votes((0..<60).map { _ in [.neither] })])
    let first = try #require(judged[0])
    #expect(first.verdict == .inconclusive && judged[1] == nil)
    #expect(try #require(first.votesNeeded) > first.voteCount)
    #expect(judged[2]?.votesNeeded == nil)
    // Holm over the two that were voted on.
    #expect(first.adjustedPValue >= first.pValue)
    let wide = try #require(Preference.all([open], margin: 0.3)[0])
    #expect(wide.verdict == .equivalent && wide.margin == 0.3)
  }

  @Test func `agreement needs two people who disagree about something`() throws {
    #expect(Agreement([]) == nil)
    #expect(Agreement([.init(prompt: 1, categories: [0]), .init(prompt: 2, categories: [1])]) == nil)
    #expect(Agreement([.init(prompt: 1, categories: [0, 0])]) == nil)
    // Of two things each, both people say the same: 1. Where they always differ, below what chance gives: the expected
    // disagreement of two 0 and two 1 is 2/3, so 1 − 1 / (2/3) = −½.
    let same = try #require(
      Agreement([.init(prompt: 1, categories: [0, 0]), .init(prompt: 2, categories: [1, 1])]))
    #expect(same.alpha.value == 1)
    let opposite = try #require(
      Agreement([.init(prompt: 1, categories: [0, 1]), .init(prompt: 1, categories: [1, 0])]))
    #expect(abs(opposite.alpha.value + 0.5) < 1e-12 && opposite.alpha.interval == nil)
  }

  @Test func `a third of false differences is doubtful, of three catch trials on`() {
    #expect(!CatchTrials(answered: 2, alike: 0).isDoubtful)
    #expect(!CatchTrials(answered: 3, alike: 2).isDoubtful)
    #expect(CatchTrials(answered: 3, alike: 1).isDoubtful)
    #expect(
      CatchTrials(answered: 3, alike: 1) + CatchTrials(answered: 2, alike: 2) == .init(answered: 5, alike: 3))
  }

  @Test func `where few notice a change there is no median`() throws {
    let marks = (0..<20).map {
      NoticedCurve.Mark(prompt: Int64($0), person: 0, step: $0 < 4 ? 1 : nil)
    }
    let curve = try #require(NoticedCurve(marks, steps: 3))
    #expect(curve.median == nil && curve.earliestMedian == nil && curve.latestMedian == nil)
    #expect(curve.unchanged.map(\.estimate.value) == [1, 0.8, 0.8])
    let sharp = try #require(
      NoticedCurve(marks.map { .init(prompt: $0.prompt, person: 0, step: 1) }, steps: 3))
    #expect(sharp.median == 1 && sharp.earliestMedian == 1 && sharp.latestMedian == 1)
    #expect(NoticedCurve([], steps: 3) == nil && NoticedCurve(marks, steps: 0) == nil)
  }
}

@Suite struct `Votes by simulation` {
  /// Votes of some people on some prompts, whose preference for the baseline both shift.
  private static func draw(
    prompts: Int, people: Int, share: Double, taste: Double, neither: Double, _ random: inout SplitMix64
  ) -> [Preference.Vote] {
    let tastes = (0..<people).map { _ in Double.random(in: -taste...taste, using: &random) }
    return (0..<prompts).flatMap { prompt -> [Preference.Vote] in
      let shift = Double.random(in: -0.2...0.2, using: &random)
      return (0..<people).map { person in
        let isNeither = Double.random(in: 0..<1, using: &random) < neither
        let isBaseline = Double.random(in: 0..<1, using: &random) < share + shift + tastes[person]
        return .init(
          prompt: Int64(prompt), person: Int64(person),
          choice: isNeither ? .neither : isBaseline ? .baseline : .merged)
      }
    }
  }

  /// 300 rounds each: a coverage of 0.95 gives 285 ± 4; the intervals are a little wide for many ties.
  @Test(arguments: [
    (12, 1, 0.5, 0.0, 0.2), (20, 2, 0.65, 0.0, 0.5), (30, 1, 0.6, 0.0, 0.8), (24, 8, 0.6, 0.2, 0.3),
  ])
  func `intervals cover the true share`(
    prompts: Int, people: Int, share: Double, taste: Double, neither: Double
  ) throws {
    var random = SplitMix64(seed: UInt64(prompts * 100 + people))
    let truth = neither / 2 + (1 - neither) * share
    var covered = 0
    for _ in 0..<300 {
      let votes = Self.draw(
        prompts: prompts, people: people, share: share, taste: taste, neither: neither, &random)
      let preference = try #require(Preference.all([votes], test: SignFlipTest(resamples: 100))[0])
      if try #require(preference.share.estimate.interval).contains(truth) { covered += 1 }
    }
    #expect(covered >= 276, "\(covered) of 300 intervals cover")
  }

  /// Three ratios without any preference, Holm over them: in 5 % of 200 rounds at most, give or take their noise.
  @Test func `no preference is seldom called one`() {
    var random = SplitMix64(seed: 12)
    var alarms = 0
    for seed in 0..<200 {
      let ballots = (0..<3).map { _ in
        Self.draw(prompts: 20, people: 2, share: 0.5, taste: 0, neither: 0.3, &random)
      }
      let verdicts = Preference.all(ballots, test: SignFlipTest(resamples: 400, seed: UInt64(seed))).map(
        \.?.verdict)
      if verdicts.contains(.worse) || verdicts.contains(.better) { alarms += 1 }
    }
    #expect(alarms <= 17, "\(alarms) of 200 rounds raised a false alarm")
  }
}
