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

  /// Three ratios without any effect, Holm over them: at most 5 % of sweeps call any of them worse or better,
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
}
