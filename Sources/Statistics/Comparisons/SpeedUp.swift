import Foundation

/// How many times as fast a variant is as what it is compared with, from pairs of seconds of the same prompt and seed.
///
/// Times are compared as quotients: the logarithm of each pair's is taken, averaged over a prompt's seeds, and the
/// prompts' are reduced to one number with an interval, given back through `exp`. So no speed-up and no end of its
/// interval is below zero, and to be twice and half as fast weigh alike.
public struct SpeedUp: Hashable, Sendable {
  /// What reduces the prompts' log-ratios to one number.
  public enum Center: String, Hashable, Sendable {
    /// With the bootstrap's interval.
    case mean
    /// With the interval of ``MedianInterval``, of order statistics: where a few prompts would decide the mean.
    case median
  }

  /// Reference's seconds over the variant's.
  public let estimate: Estimate
  /// What the estimate is of.
  public let center: Center
  /// Prompts whose log-ratio lies beyond Tukey's outer fences: three interquartile ranges beyond the quartiles
  /// (Tukey 1977), where one of 400 000 normal values does; none of fewer than 20 prompts.
  public let outliers: Int
  /// Prompts that were timed.
  public let promptCount: Int
  /// Pairs of seconds.
  public let pairCount: Int
  /// Pairs in which the variant took longer than its reference.
  public let slower: Int
  /// Pairs in which it took less.
  public let faster: Int
  /// Whether pairs contradict each other by more than little: a tenth of them or more are slower by more than 5 %, and
  /// a tenth or more are faster by more than 5 %.
  public let isNoisy: Bool

  /// The share of the squared deviations from the median from which on outliers decide the mean.
  static let rulingShare = 0.5
  /// Quartiles of fewer say too little: of eight normal values outliers would seem to decide the mean in 4 % of
  /// samples, of twenty in 0.6 %.
  static let leastPrompts = 20
  /// See ``isNoisy``.
  package static let noisyShare = 0.1
  package static let noisyDifference = 0.05

  /// Compares pairs of seconds.
  /// - Parameters:
  ///   - pairs: Of seconds, above zero.
  ///   - bootstrap: Makes the interval of a mean.
  /// - Returns: nil without any.
  public init?<Prompt>(_ pairs: [PairedSample<Prompt>.Pair], bootstrap: Bootstrap = Bootstrap()) {
    guard !pairs.isEmpty else { return nil }
    precondition(
      pairs.allSatisfy { $0.baseline > 0 && $0.variant > 0 }, "a picture that took no time has no speed-up")
    // Less time is more speed.
    let logs = pairs.map {
      PairedSample<Prompt>.Pair(prompt: $0.prompt, baseline: log($0.variant), variant: log($0.baseline))
    }
    let sample = PairedSample(logs)
    let ofPrompts = sample.differences
    let ofPairs = logs.map { $0.variant - $0.baseline }
    let outlying = Outliers(ofPrompts)
    let logarithm: Estimate
    if outlying.ruling > Self.rulingShare {
      let median = MedianInterval(of: ofPrompts)
      logarithm = Estimate(value: median.median, interval: Interval(lower: median.low, upper: median.high))
      center = .median
    } else {
      logarithm = bootstrap.mean(of: ofPrompts)
      center = .mean
    }
    estimate = Estimate(
      value: exp(logarithm.value),
      interval: logarithm.interval.map { Interval(lower: exp($0.lower), upper: exp($0.upper)) })
    outliers = outlying.count
    promptCount = sample.promptCount
    pairCount = pairs.count
    slower = ofPairs.count { $0 < 0 }
    faster = ofPairs.count { $0 > 0 }
    let little = log(1 + Self.noisyDifference)
    let contrary = min(ofPairs.count { $0 < -little }, ofPairs.count { $0 > little })
    isNoisy = Double(contrary) >= Self.noisyShare * Double(pairs.count)
  }

  /// Whether there is an interval, and it excludes 1.
  public var isSignificant: Bool { estimate.interval.map { !$0.contains(1) } == true }
  /// Whether there is an interval, and it contains 1: nothing may be said to be faster or slower.
  public var isWithoutDifference: Bool { estimate.interval?.contains(1) == true }
}

/// Values beyond Tukey's outer fences.
private struct Outliers {
  let count: Int
  /// Their share of the squared deviations from the median.
  let ruling: Double

  init(_ values: [Double]) {
    guard values.count >= SpeedUp.leastPrompts else {
      (count, ruling) = (0, 0)
      return
    }
    let sorted = values.sorted()
    let (low, high) = (sorted.quantile(0.25), sorted.quantile(0.75))
    let reach = 3 * (high - low)
    let median = sorted.quantile(0.5)
    let outlying = sorted.filter { $0 < low - reach || $0 > high + reach }
    func squares(_ values: [Double]) -> Double { values.reduce(0) { $0 + ($1 - median) * ($1 - median) } }
    let all = squares(sorted)
    count = outlying.count
    ruling = all > 0 ? squares(outlying) / all : 0
  }
}
