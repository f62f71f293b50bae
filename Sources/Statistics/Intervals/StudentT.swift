import Foundation

/// Student's t distribution with a whole number of degrees of freedom: what the mean of a few normal values
/// follows when it is measured in its own standard errors.
///
/// The probabilities are the finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4, exact but for rounding.
struct StudentT: Sendable {
  let degreesOfFreedom: Int

  init(degreesOfFreedom: Int) {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value of at most `t`.
  func probability(upTo t: Double) -> Double {
    guard t.isFinite else { return t > 0 ? 1 : 0 }
    let central = centralProbability(abs(t))
    return t < 0 ? (1 - central) / 2 : (1 + central) / 2
  }

  /// The value that a share `probability` of all values lies below; to 1e-12.
  func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "no quantile at \(probability)")
    guard probability != 0.5 else { return 0 }
    let wanted = abs(2 * probability - 1)
    var high = 1.0
    while centralProbability(high) < wanted { high *= 2 }
    var low = 0.0
    while high - low > 1e-13 * high {
      let middle = (low + high) / 2
      if centralProbability(middle) < wanted { low = middle } else { high = middle }
    }
    return probability < 0.5 ? -high : high
  }

  /// The probability of a value between −t and t.
  private func centralProbability(_ t: Double) -> Double {
    let angle = atan(t / Double(degreesOfFreedom).squareRoot())
    let cosine = cos(angle)
    let isOdd = !degreesOfFreedom.isMultiple(of: 2)
    // Successive terms differ by cos² and one factor of the double factorials.
    var term = isOdd ? cosine : 1
    var sum = 0.0
    var factor = isOdd ? 2 : 1
    for _ in 0..<(isOdd ? (degreesOfFreedom - 1) / 2 : degreesOfFreedom / 2) {
      sum += term
      term *= Double(factor) / Double(factor + 1) * cosine * cosine
      factor += 2
    }
    return isOdd ? 2 / Double.pi * (angle + sin(angle) * sum) : sin(angle) * sum
  }
}

/// The standard normal distribution.
enum Normal {
  /// The probability of a value of at most `z`.
  static func probability(upTo z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

  /// The value that a share `probability` of all values lies below, by bisection.
  static func quantile(_ probability: Double) -> Double {
    guard probability > 0 else { return -.infinity }
    guard probability < 1 else { return .infinity }
    var low = -40.0
    var high = 40.0
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if self.probability(upTo: middle) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
