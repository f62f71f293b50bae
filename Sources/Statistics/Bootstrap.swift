/// The percentile bootstrap (Efron 1979): the spread of a statistic when the units are drawn again with
/// replacement.
public struct Bootstrap: Hashable, Sendable, Codable {
  public let resamples: Int
  /// Share of the resampled statistics that the interval spans, 0.95 for a 95 % interval.
  public let confidence: Double
  public let seed: UInt64

  public init(resamples: Int = 10_000, confidence: Double = 0.95, seed: UInt64 = 0) {
    precondition(resamples > 0, "a bootstrap needs resamples, not \(resamples)")
    precondition(confidence > 0 && confidence < 1, "confidence \(confidence) is not between 0 and 1")
    self.resamples = resamples
    self.confidence = confidence
    self.seed = seed
  }

  /// The statistic of `count` units and its percentile interval.
  ///
  /// The units are whatever was drawn independently: for a sweep its prompts, all seeds of a prompt together.
  /// - Parameter statistic: The statistic of the units at the given indices (each `0..<count`, repeats allowed).
  public func estimate(of count: Int, statistic: ([Int]) -> Double) -> Estimate {
    precondition(count > 0, "a bootstrap needs at least one unit")
    var indices = Array(0..<count)
    let value = statistic(indices)
    guard count > 1 else { return Estimate(value: value, interval: nil) }
    var random = SplitMix64(seed: seed)
    var statistics = (0..<resamples).map { _ in
      for position in 0..<count { indices[position] = random.index(below: count) }
      return statistic(indices)
    }
    statistics.sort()
    let tail = (1 - confidence) / 2
    return Estimate(
      value: value,
      interval: Interval(
        lower: statistics.quantile(tail), upper: statistics.quantile(1 - tail)))
  }
}

extension [Double] {
  /// The quantile of ascending values, interpolated linearly between order statistics (Hyndman & Fan's type 7,
  /// numpy's default).
  func quantile(_ share: Double) -> Double {
    let position = share * Double(count - 1)
    let below = Int(position.rounded(.down))
    let above = Swift.min(below + 1, count - 1)
    return self[below] + (self[above] - self[below]) * (position - Double(below))
  }

  /// The arithmetic mean; the array must not be empty.
  var mean: Double { reduce(0, +) / Double(count) }
}
