import Foundation

/// How many times as long one thing takes as another, from seconds of a few rounds.
///
/// The quotients' logarithms are averaged, and Student's t gives their mean an interval, so that no end is below zero
/// and twice and half as long weigh alike. Unlike ``SpeedUp``, whose units are the prompts of a sweep, this is for the
/// handful of rounds of a benchmark, where a bootstrap has nothing to draw from.
package struct LogRatio: Hashable, Sendable {
  /// Mean of ln(numerator / denominator).
  package let logMean: Double
  /// The 95 % interval of ``logMean``; nil of fewer rounds than ``leastCount``.
  package let logInterval: Interval?
  /// The least and the greatest quotient: of a round, or of any two rounds where they are not paired.
  package let range: Interval
  /// Rounds; where they are not paired, those of the side that has fewer.
  package let count: Int

  /// Two rounds have an interval by Student's t as well, but one of 12.7 standard errors.
  package static let leastCount = 3
  static let confidence = 0.95

  /// Of rounds in which both were measured next to each other: what a machine does meanwhile, it does to both.
  /// - Parameter pairs: Above zero.
  /// - Returns: nil without any.
  package init?(ofPairs pairs: [(numerator: Double, denominator: Double)]) {
    let logs = pairs.map { pair in
      precondition(pair.numerator > 0 && pair.denominator > 0, "no quotient of \(pair)")
      return log(pair.numerator / pair.denominator)
    }
    guard let least = logs.min(), let greatest = logs.max() else { return nil }
    let sample = LogSample(logs)
    logMean = sample.mean
    logInterval =
      sample.count < Self.leastCount
      ? nil
      : Self.interval(
        sample.mean, standardError: sample.squaredError.squareRoot(), degreesOfFreedom: sample.count - 1)
    range = Interval(lower: exp(least), upper: exp(greatest))
    count = sample.count
  }

  /// Of rounds that were measured at different times, by Welch's interval for two means (Welch 1947), its degrees of
  /// freedom rounded down.
  /// - Parameters: above zero
  /// - Returns: nil when either is empty.
  package init?(of numerators: [Double], over denominators: [Double]) {
    precondition(
      numerators.allSatisfy { $0 > 0 } && denominators.allSatisfy { $0 > 0 },
      "no quotient of \(numerators) and \(denominators)")
    guard let most = numerators.max(), let least = numerators.min(), let mostBelow = denominators.max(),
      let leastBelow = denominators.min()
    else { return nil }
    let (above, below) = (LogSample(numerators.map { log($0) }), LogSample(denominators.map { log($0) }))
    count = min(above.count, below.count)
    logMean = above.mean - below.mean
    range = Interval(lower: least / mostBelow, upper: most / leastBelow)
    guard count >= Self.leastCount else {
      logInterval = nil
      return
    }
    let squares = above.squaredError + below.squaredError
    func share(_ sample: LogSample) -> Double {
      sample.squaredError * sample.squaredError / Double(sample.count - 1)
    }
    let degrees = squares * squares / (share(above) + share(below))
    logInterval = Self.interval(
      logMean, standardError: squares.squareRoot(),
      // Not a number where neither varies, and then of no consequence.
      degreesOfFreedom: max(Int(exactly: degrees.rounded(.down)) ?? 0, count - 1))
  }

  private static func interval(
    _ mean: Double, standardError: Double, degreesOfFreedom: Int
  ) -> Interval {
    let reach =
      StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + confidence) / 2) * standardError
    return Interval(lower: mean - reach, upper: mean + reach)
  }

  /// The quotient, a geometric mean, with its interval.
  package var estimate: Estimate {
    Estimate(
      value: exp(logMean),
      interval: logInterval.map { Interval(lower: exp($0.lower), upper: exp($0.upper)) })
  }
}

/// Mean of some logarithms, and what it may be off by.
private struct LogSample {
  let count: Int
  let mean: Double
  /// The standard error's square; 0 of one value.
  let squaredError: Double

  init(_ values: [Double]) {
    count = values.count
    let mean = values.mean
    self.mean = mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    squaredError = count > 1 ? squares / Double(count * (count - 1)) : 0
  }
}
