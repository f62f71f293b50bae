/// The bootstrap (Efron 1979): the spread of a mean, or of a quotient of means, when the units are drawn again
/// with replacement. The units are whatever was drawn independently: for a sweep its prompts, all seeds of a
/// prompt together.
public struct Bootstrap: Hashable, Sendable, Codable {
  /// How resampled statistics become an interval.
  public enum Method: String, Hashable, Sendable, Codable, CaseIterable {
    /// The resampled statistics' own quantiles.
    case percentile
    /// Bias-corrected and accelerated (Efron 1987).
    case bca
    /// Quantiles of the statistic in its own standard errors (bootstrap-t, Efron 1981), never nearer than
    /// Student's t. The default: in `Benchmarks/statistics-simulation.md` the other two cover too seldom at
    /// twenty prompts, and all three without Student's t under heavy tails.
    case studentized
  }

  /// With fewer units too many resamples repeat one or two of them, whose t is without bounds: the studentized
  /// interval is Student's alone.
  static let leastUnits = 8

  /// How often the units are drawn.
  public let resamples: Int
  /// Share of sweeps whose interval should hold the true value, 0.95 for a 95 % interval.
  public let confidence: Double
  /// Of the draws: the same seed gives the same interval.
  public let seed: UInt64
  /// How an interval is made of the resamples.
  public let method: Method

  /// - Precondition: `resamples` is above 0, `confidence` between 0 and 1.
  public init(
    resamples: Int = 10_000, confidence: Double = 0.95, seed: UInt64 = 0, method: Method = .studentized
  ) {
    precondition(resamples > 0, "a bootstrap needs resamples, not \(resamples)")
    precondition(confidence > 0 && confidence < 1, "confidence \(confidence) is not between 0 and 1")
    self.resamples = resamples
    self.confidence = confidence
    self.seed = seed
    self.method = method
  }

  /// The mean of the values, one per unit, and its interval.
  /// - Precondition: there is at least one.
  public func mean(of values: [Double]) -> Estimate {
    estimate(distribution(of: values, over: [Double](repeating: 1, count: values.count)))
  }

  /// The quotient of two means, unit by unit paired, and its interval.
  /// - Parameters:
  ///   - above: One value per unit, above the line.
  ///   - below: The units' values below it, in the same order.
  /// - Precondition: there is at least one unit, and the mean below the line is not zero.
  public func quotient(of above: [Double], over below: [Double]) -> Estimate {
    estimate(distribution(of: above, over: below))
  }

  private func estimate(_ distribution: BootstrapDistribution) -> Estimate {
    Estimate(value: distribution.value, interval: distribution.interval(method, confidence: confidence))
  }

  func distribution(ofMean values: [Double]) -> BootstrapDistribution {
    distribution(of: values, over: [Double](repeating: 1, count: values.count))
  }

  /// Resamples Σ above / Σ below. Each resample's standard error is the delta method's: with residuals
  /// `e = above − value · below`, `√(Σ (e − δ below)² / (n (n − 1))) / mean(below)`, where δ is how far the
  /// resample's quotient lies from the value.
  func distribution(of above: [Double], over below: [Double]) -> BootstrapDistribution {
    precondition(above.count == below.count && !above.isEmpty, "a bootstrap needs at least one unit")
    let count = above.count
    let value = above.reduce(0, +) / below.reduce(0, +)
    let residuals = zip(above, below).map { $0 - value * $1 }
    var result = BootstrapDistribution(value: value, residuals: residuals, below: below)
    guard count > 1 else { return result }
    var random = SplitMix64(seed: seed)
    result.replicates.reserveCapacity(resamples)
    result.studentized.reserveCapacity(resamples)
    result.drawn = [Double](repeating: .nan, count: resamples)
    residuals.withUnsafeBufferPointer { residuals in
      below.withUnsafeBufferPointer { below in
        for resample in 0..<resamples {
          var sums = (e: 0.0, b: 0.0, ee: 0.0, eb: 0.0, bb: 0.0)
          for _ in 0..<count {
            let index = random.index(below: count)
            let (e, b) = (residuals[index], below[index])
            sums.e += e
            sums.b += b
            sums.ee += e * e
            sums.eb += e * b
            sums.bb += b * b
          }
          // A quotient over nothing is no number.
          guard sums.b != 0 else { continue }
          let shift = sums.e / sums.b
          result.replicates.append(value + shift)
          let spread = sums.ee - 2 * shift * sums.eb + shift * shift * sums.bb
          // The same unit over and over has no spread but for rounding, and no t.
          guard count >= Self.leastUnits, spread > 1e-12 * sums.ee else { continue }
          let n = Double(count)
          let t = shift / ((spread / (n * (n - 1))).squareRoot() / abs(sums.b / n))
          result.studentized.append(t)
          result.drawn[resample] = t
        }
      }
    }
    result.replicates.sort()
    result.studentized.sort()
    return result
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

  /// How many of ascending values lie below `limit`.
  func count(below limit: Double) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < limit { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The arithmetic mean; the array must not be empty.
  var mean: Double { reduce(0, +) / Double(count) }
}
