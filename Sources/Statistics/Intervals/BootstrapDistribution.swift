/// A statistic's resampled values, in its own units and in standard errors: what intervals and p-values are
/// read from.
struct BootstrapDistribution: Sendable {
  let value: Double
  let unitCount: Int
  /// By the delta method; 0 when all units agree, and for a single one.
  let standardError: Double
  /// BCa's acceleration, from the jackknife.
  let acceleration: Double
  /// Ascending.
  var replicates: [Double] = []
  /// Ascending; resamples without spread have none, and those of fewer than `Bootstrap.leastUnits` units.
  var studentized: [Double] = []
  /// The same by resample, not a number where one has none: those of samples of as many units, drawn with one seed,
  /// belong together.
  var drawn: [Double] = []

  init(value: Double, residuals: [Double], below: [Double]) {
    self.value = value
    unitCount = residuals.count
    let n = Double(unitCount)
    let sum = below.reduce(0, +)
    let squares = residuals.reduce(0) { $0 + $1 * $1 }
    standardError = n > 1 ? (squares / (n * (n - 1))).squareRoot() / abs(sum / n) : 0
    // Without unit i the quotient is value − eᵢ / (Σ below − belowᵢ), as the residuals sum to zero.
    let jackknife = zip(residuals, below).map { -$0 / (sum - $1) }
    let centre = jackknife.mean
    let deviations = jackknife.map { centre - $0 }
    let cubes = deviations.reduce(0) { $0 + $1 * $1 * $1 }
    let spread = deviations.reduce(0) { $0 + $1 * $1 }
    acceleration = spread > 0 && spread.isFinite ? cubes / (6 * spread * spread.squareRoot()) : 0
  }

  /// Nil for a single unit, which says nothing about others, and where the ends are no numbers.
  func interval(_ method: Bootstrap.Method, confidence: Double) -> Interval? {
    ends(method, confidence: confidence).flatMap { ends in
      ends.lower <= ends.upper ? Interval(lower: ends.lower, upper: ends.upper) : nil
    }
  }

  private func ends(_ method: Bootstrap.Method, confidence: Double) -> (lower: Double, upper: Double)? {
    guard unitCount > 1, !replicates.isEmpty else { return nil }
    let tail = (1 - confidence) / 2
    switch method {
    case .percentile:
      return (replicates.quantile(tail), replicates.quantile(1 - tail))
    case .bca:
      guard standardError > 0 else { return (value, value) }
      return (replicates.quantile(corrected(tail)), replicates.quantile(corrected(1 - tail)))
    case .studentized:
      let reach = StudentT(degreesOfFreedom: unitCount - 1).quantile(1 - tail)
      let low = studentized.isEmpty ? -reach : min(-reach, studentized.quantile(tail))
      let high = studentized.isEmpty ? reach : max(reach, studentized.quantile(1 - tail))
      return (value - high * standardError, value - low * standardError)
    }
  }

  /// Efron's corrected share: Φ(z₀ + (z₀ + z) / (1 − a (z₀ + z))).
  private func corrected(_ share: Double) -> Double {
    let below = replicates.count(below: value)
    let equal = replicates.count(below: value.nextUp) - below
    let bias = Normal.quantile((Double(below) + Double(equal) / 2) / Double(replicates.count))
    guard bias.isFinite else { return share }
    let shifted = bias + Normal.quantile(share)
    return Normal.probability(upTo: bias + shifted / (1 - acceleration * shifted))
  }

  /// One-sided p-value against "the true value is no larger than `limit`", as the studentized interval has it:
  /// the larger of the bootstrap's and Student's.
  func pValue(above limit: Double) -> Double {
    guard standardError > 0 else { return value > limit ? leastPValue : 1 }
    let t = (value - limit) / standardError
    return pValue(extreme: studentized.count - studentized.count(below: t), t: t)
  }

  /// One-sided p-value against "the true value is no smaller than `limit`".
  func pValue(below limit: Double) -> Double {
    guard standardError > 0 else { return value < limit ? leastPValue : 1 }
    let t = (value - limit) / standardError
    return pValue(extreme: studentized.count(below: t.nextUp), t: -t)
  }

  /// Two-sided p-value against "the true value is `limit`".
  func pValue(differentFrom limit: Double) -> Double {
    min(1, 2 * min(pValue(above: limit), pValue(below: limit)))
  }

  private var leastPValue: Double { 1 / Double(replicates.count + 1) }

  private func pValue(extreme: Int, t: Double) -> Double {
    let student = StudentT(degreesOfFreedom: max(unitCount - 1, 1)).probability(upTo: -t)
    return studentized.isEmpty
      ? student : max(Double(extreme + 1) / Double(studentized.count + 1), student)
  }
}
