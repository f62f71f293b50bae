import Testing

@testable import Statistics

@Suite struct `By simulation` {
  /// Approximately normal (Irwin–Hall of twelve): bounded tails, no library needed.
  private static func normal(_ random: inout SplitMix64) -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
  }

  private static func sweep(effect: Double, prompts: Int, _ random: inout SplitMix64) -> PairedSample<Int> {
    var pairs: [PairedSample<Int>.Pair] = []
    for prompt in 0..<prompts {
      let level = 30 + 3 * normal(&random)
      let shift = effect + normal(&random)
      for _ in 0..<2 {
        let baseline = level + normal(&random)
        pairs.append(
          .init(prompt: prompt, baseline: baseline, variant: baseline + shift + 0.5 * normal(&random)))
      }
    }
    return PairedSample(pairs)
  }

  /// Seeds of a prompt share its shift, so an interval that took images as its unit would be too narrow; the
  /// cluster bootstrap covers the true effect about 95 times of 100.
  @Test func `95 % intervals cover the true difference`() throws {
    var random = SplitMix64(seed: 1)
    var covered = 0
    for seed in 0..<300 {
      let sample = Self.sweep(effect: -0.4, prompts: 40, &random)
      let estimate = sample.meanDifference(Bootstrap(resamples: 600, seed: UInt64(seed)))
      if try #require(estimate.interval).contains(-0.4) { covered += 1 }
    }
    #expect((276...297).contains(covered), "\(covered) of 300 intervals cover")
  }

  /// Three ratios without any effect, intervals that hold together: at most 5 % of sweeps call any of them worse or better,
  /// give or take the noise of 200 sweeps.
  @Test func `no effect is seldom called one`() {
    var random = SplitMix64(seed: 2)
    var alarms = 0
    for seed in 0..<200 {
      let samples = (0..<3).map { _ in Self.sweep(effect: 0, prompts: 25, &random) }
      let verdicts = PairedComparison.all(
        samples, margin: 0.3, bootstrap: Bootstrap(resamples: 600, seed: UInt64(seed)),
        test: SignFlipTest(resamples: 600, seed: UInt64(seed))
      ).map(\.?.verdict)
      if verdicts.contains(where: { $0 == .worse || $0 == .better }) { alarms += 1 }
    }
    #expect(alarms <= 17, "\(alarms) of 200 sweeps raised a false alarm")
  }

  /// Four ratios on the same prompts, whose differences move together or not at all: the intervals of a sweep miss none
  /// of the true differences in about 95 of 100 sweeps, and no interval is wider than Bonferroni's.
  @Test(arguments: [0, 0.9]) func `intervals of several ratios hold together`(shared: Double) throws {
    var random = SplitMix64(seed: 5)
    let effects = [0, -0.1, -0.3, -0.8]
    var (missed, single) = (0, 0)
    for seed in 0..<200 {
      let common = (0..<40).map { _ in Self.normal(&random) }
      let samples = effects.map { effect in
        PairedSample(
          common.enumerated().map { prompt, level in
            let own = shared * level + (1 - shared * shared).squareRoot() * Self.normal(&random)
            return PairedSample<Int>.Pair(prompt: prompt, baseline: 0, variant: effect + own)
          })
      }
      let compared = PairedComparison.all(
        samples, margin: 0.3, bootstrap: Bootstrap(resamples: 600, seed: UInt64(seed)),
        test: SignFlipTest(resamples: 50, seed: UInt64(seed)))
      let intervals = try compared.map { try #require($0?.difference.interval) }
      if zip(intervals, effects).contains(where: { !$0.contains($1) }) { missed += 1 }
      if zip(compared, effects).contains(where: { $0?.singleInterval?.contains($1) == false }) { single += 1 }
      for comparison in compared.compactMap(\.self) {
        #expect((0.95...0.9875 + 1e-12).contains(comparison.confidence))
        // A mark is what its interval says, and so is the verdict.
        let interval = try #require(comparison.difference.interval)
        #expect(comparison.isSignificant == !interval.contains(0))
        #expect((comparison.verdict == .equivalent) == interval.isInside(margin: 0.3))
        if !interval.isInside(margin: 0.3) {
          #expect((comparison.verdict == .inconclusive) == interval.contains(0))
        }
        #expect(try #require(comparison.singleInterval).lower >= interval.lower)
        #expect(comparison.adjustedPValue >= comparison.pValue)
      }
    }
    // 10 of 200 are expected; 22 are three and a half standard deviations more.
    #expect(missed <= 22, "\(missed) of 200 sweeps have an interval that misses")
    #expect(missed < single)
  }

  /// One alone is not widened, nor by one that has no spread; other prompts share no resamples.
  @Test func `what takes no part widens nothing`() throws {
    var random = SplitMix64(seed: 6)
    let sample = Self.sweep(effect: -0.2, prompts: 30, &random)
    let constant = PairedSample((0..<30).map { PairedSample<Int>.Pair(prompt: $0, baseline: 1, variant: 1) })
    let other = PairedSample(
      (0..<30).map {
        PairedSample<Int>.Pair(
          prompt: 100 + $0, baseline: 0, variant: Self.normal(&random))
      })
    let alone = try #require(PairedComparison.all([sample], margin: 0.3)[0])
    #expect(alone.difference.interval == alone.singleInterval && alone.confidence == 0.95)
    #expect(alone.adjustedPValue == alone.pValue)
    let beside = PairedComparison.all([sample, constant], margin: 0.3)
    #expect(beside[0] == alone)
    #expect(beside[1]?.difference == Estimate(value: 0, interval: Interval(lower: 0, upper: 0)))
    #expect(beside[1]?.isSignificant == false && beside[1]?.verdict == .equivalent)
    let apart = PairedComparison.all([sample, other], margin: 0.3)
    #expect(apart.allSatisfy { abs(($0?.confidence ?? 0) - 0.975) < 1e-12 })
    // The same sample twice is one comparison.
    let twice = PairedComparison.all([sample, sample], margin: 0.3)
    #expect(twice.allSatisfy { abs(($0?.confidence ?? 0) - 0.95) < 0.002 })
  }

  @Test func `the same seed gives the same interval`() {
    var random = SplitMix64(seed: 3)
    let sample = Self.sweep(effect: -0.2, prompts: 30, &random)
    #expect(sample.meanDifference() == sample.meanDifference())
    #expect(sample.meanDifference(Bootstrap(seed: 1)) != sample.meanDifference(Bootstrap(seed: 2)))
  }

  @Test func `one prompt has no interval`() {
    let sample = PairedSample([
      PairedSample<String>.Pair(prompt: "a corgi", baseline: 30, variant: 29),
      PairedSample<String>.Pair(prompt: "a corgi", baseline: 31, variant: 29),
    ])
    #expect(sample.meanDifference() == Estimate(value: -1.5, interval: nil))
    #expect(sample.standardDeviation == nil)
  }

  /// Four prompts resampled are too often one or two of them: Student's interval, 2.5 ± 3.182 · 0.6455.
  @Test func `few prompts have Student's interval`() throws {
    let interval = try #require(Bootstrap().mean(of: [1, 2, 3, 4]).interval)
    #expect(abs(interval.lower - (2.5 - 3.182446 * 0.6454972)) < 1e-5)
    #expect(abs(interval.upper - (2.5 + 3.182446 * 0.6454972)) < 1e-5)
  }

  /// The full table is Benchmarks/statistics-simulation.md; here one case of it, half the sweeps: differences with
  /// a mean of 0.1 and a margin of 0.3 take about 190 prompts at 80 %.
  @Test func `advice is about the number that it takes`() throws {
    var random = SplitMix64(seed: 4)
    func settled(prompts: Int) -> Int {
      (0..<100).count { seed in
        let sample = Self.sweep(effect: -0.1, prompts: prompts, &random)
        let compared = PairedComparison.all(
          [sample], margin: 0.3, bootstrap: Bootstrap(resamples: 300, seed: UInt64(seed)),
          test: SignFlipTest(resamples: 300, seed: UInt64(seed)))
        return compared[0]?.verdict != .inconclusive
      }
    }
    let advised = (0..<100).compactMap { _ -> Int? in
      let sample = Self.sweep(effect: -0.1, prompts: 40, &random)
      return promptsNeeded(
        meanDifference: sample.differences.mean, standardDeviation: sample.standardDeviation, promptCount: 40,
        margin: 0.3)
    }.sorted()
    let median = advised[advised.count / 2]
    #expect(settled(prompts: median * 3 / 2) >= 72)
    #expect(settled(prompts: median * 2 / 3) <= 88)
  }
}
