import Testing

@testable import Statistics

@Suite struct `Verdicts` {
  private func verdict(
    _ value: Double, _ lower: Double, _ upper: Double, p: Double, prompts: Int = 40, margin: Double = 0.3,
    higherIsBetter: Bool = true
  ) -> Verdict {
    Verdict(
      difference: Estimate(value: value, interval: Interval(lower: lower, upper: upper)), adjustedPValue: p,
      promptCount: prompts, margin: margin, higherIsBetter: higherIsBetter)
  }

  @Test func `follow the interval, the margin and the direction`() {
    #expect(verdict(0.05, -0.1, 0.2, p: 0.4) == .equivalent)
    #expect(verdict(-0.1, -0.15, -0.05, p: 0.001) == .equivalent)
    #expect(verdict(-0.5, -0.8, -0.2, p: 0.001) == .worse)
    #expect(verdict(0.5, 0.2, 0.8, p: 0.001) == .better)
    #expect(verdict(0.5, 0.2, 0.8, p: 0.001, higherIsBetter: false) == .worse)
    #expect(verdict(-0.1, -0.5, 0.3, p: 0.4) == .inconclusive)
    #expect(verdict(-0.5, -0.8, -0.2, p: 0.06) == .inconclusive)
  }

  @Test func `an interval that touches the margin is not inside it`() {
    #expect(verdict(0, -0.3, 0.2, p: 1) == .inconclusive)
  }

  @Test func `five prompts prove nothing`() {
    #expect(verdict(-2, -2.1, -1.9, p: 0.0625, prompts: 5) == .tooFew)
    #expect(verdict(0, -0.01, 0.01, p: 1, prompts: 5) == .tooFew)
    let single = Estimate(value: -2, interval: nil)
    #expect(Verdict(difference: single, adjustedPValue: 0, promptCount: 40, margin: 0.3) == .tooFew)
  }

  @Test func `margins are shares of the baseline or absolute`() {
    #expect(abs((Margin.standard.value(baselineMean: 30) ?? 0) - 0.3) < 1e-12)
    #expect(abs((Margin.mlperf.value(baselineMean: -30) ?? 0) - 0.06) < 1e-12)
    #expect(Margin.absolute(0.5).value(baselineMean: 30) == 0.5)
  }

  /// By hand: of 1, 3 and of 2, 2, 5 the squares are 2 and 6, with 1 + 2 degrees of freedom.
  @Test func `margins are shares of the spread between seeds where there is one`() throws {
    let spread = try #require(seedSpread([[1, 3], [7], [2, 2, 5], []]))
    #expect(abs(spread - (8.0 / 3).squareRoot()) < 1e-12)
    #expect(seedSpread([[1], [2]]) == nil)
    let margin = Margin.shareOfSeedSpread(0.5)
    #expect(margin.value(baselineMean: 30, seedSpread: spread) == 0.5 * spread)
    #expect(margin.value(baselineMean: 30) == nil && margin.value(baselineMean: 30, seedSpread: 0) == nil)
  }

  /// By hand: ranks of 0.01, 0.04, 0.03, 0.005 are 2, 4, 3, 1; 4 × 0.005 = 0.02, 3 × 0.01 = 0.03,
  /// 2 × 0.03 = 0.06, and 1 × 0.04 is lifted to 0.06.
  @Test func `Holm steps down and never decreases`() {
    let adjusted = holmAdjusted([0.01, 0.04, 0.03, 0.005])
    for (ours, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) { #expect(abs(ours - expected) < 1e-12) }
    #expect(holmAdjusted([0.9, 0.8]) == [1, 1])
    #expect(holmAdjusted([]) == [])
  }

  /// From ((t₀.₉₇₅ + t₀.₉₇₅) s / m)² prompts on, about 15.4 (s / m)², every outcome is a verdict.
  @Test func `needed prompts grow with the square of the spread, up to where every outcome is a verdict`()
    throws
  {
    func needed(_ mean: Double, _ deviation: Double?, _ margin: Double, comparisons: Int = 1) -> Int? {
      promptsNeeded(
        meanDifference: mean, standardDeviation: deviation, promptCount: 40, margin: margin,
        comparisons: comparisons)
    }
    let few = try #require(needed(0, 1, 0.3))
    let many = try #require(needed(0, 2, 0.3))
    #expect((100...173).contains(few))
    #expect((3...5).contains(Double(many) / Double(few)))
    #expect(try #require(needed(0.3, 1, 0.3, comparisons: 4)) > (try #require(needed(0.3, 1, 0.3))))
    #expect(needed(0, nil, 0.3) == nil)
  }
}

@Suite struct `Seeds as a ruler` {
  @Test func `a share is a quotient of means over the prompts that have both`() throws {
    let floor = try #require(
      SeedNoiseFloor(
        [("a", 4.0), ("a", 6.0), ("b", 10.0), ("c", 5.0)].map { (prompt: $0.0, distance: $0.1) }))
    #expect(floor.promptCount == 3)
    #expect(abs(floor.mean - 20.0 / 3) < 1e-12)
    let moved = [("a", 1.0), ("a", 2.0), ("b", 3.0), ("d", 99.0)].map { (prompt: $0.0, distance: $0.1) }
    let share = try #require(floor.share(of: moved, order: ["a", "b", "c", "d"]))
    #expect(abs(share.value - 4.5 / 15) < 1e-12)
    #expect(try #require(share.interval).contains(share.value))
    #expect(floor.share(of: [(prompt: "d", distance: 1.0)], order: ["d"]) == nil)
  }

  @Test func `one seed has none, and equal seeds measure nothing`() throws {
    #expect(SeedNoiseFloor([(prompt: Int, distance: Double)]()) == nil)
    let equal = try #require(SeedNoiseFloor([(prompt: 1, distance: 0.0), (prompt: 2, distance: 0.0)]))
    #expect(equal.share(of: [(prompt: 1, distance: 1.0)], order: [1, 2]) == nil)
  }
}

@Suite struct `Recommendations` {
  private func candidate(_ ratio: Double, _ verdict: Verdict, prompts: Int = 40) -> Recommendation.Candidate {
    .init(ratio: ratio, verdict: verdict, promptCount: prompts, promptsNeeded: 90)
  }

  @Test func `the largest ratio below the first unsafe one`() {
    #expect(
      Recommendation([
        candidate(0.7, .equivalent), candidate(0.5, .worse), candidate(0.3, .equivalent),
        candidate(0.1, .better),
      ]) == .ratio(0.3))
  }

  @Test func `are refused where the data cannot carry them`() {
    #expect(Recommendation([]) == nil)
    #expect(Recommendation([candidate(0.3, .equivalent, prompts: 12)]) == .tooFewPrompts(12))
    #expect(Recommendation([candidate(0.3, .worse), candidate(0.5, .worse)]) == .noneSafe)
    #expect(
      Recommendation([candidate(0.3, .inconclusive), candidate(0.5, .worse)]) == .undecided(promptsNeeded: 90)
    )
  }

  private func sample(_ effect: Double, spread: Double) -> PairedSample<Int> {
    var random = SplitMix64(seed: 9)
    return PairedSample(
      (0..<40).map {
        .init(
          prompt: $0, baseline: 0, variant: effect + spread * Double.random(in: -1...1, using: &random))
      })
  }

  @Test func `are sure where the data is clear, and not where it is close`() {
    let clear = [sample(0, spread: 0.2), sample(-2, spread: 0.2)]
    #expect(Recommendation.ratio(0.3).sureness(clear, ratios: [0.3, 0.5], margin: 0.3) == 1)
    #expect(Recommendation.ratio(0.5).sureness(clear, ratios: [0.3, 0.5], margin: 0.3) == 0)
    let close = [sample(0, spread: 0.2), sample(-0.27, spread: 0.2)]
    let sureness = Recommendation.ratio(0.5).sureness(close, ratios: [0.3, 0.5], margin: 0.3)
    #expect(sureness > 0.02 && sureness < 0.98)
  }
}
