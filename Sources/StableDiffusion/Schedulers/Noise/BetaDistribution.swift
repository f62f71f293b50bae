#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The beta distribution: its probabilities are the regularised incomplete beta function Iₓ(α, β) (DLMF 8.17).
struct BetaDistribution: Sendable {
  let alpha: Double
  let beta: Double
  /// The beta function B(α, β).
  private let whole: Double

  /// - Parameters:
  ///   - alpha: above 0; together with `beta` at most 170, beyond which Γ is no double
  ///   - beta: above 0
  init(alpha: Double, beta: Double) {
    precondition(alpha > 0 && beta > 0 && alpha + beta <= 170, "beta distribution of \(alpha) and \(beta)")
    self.alpha = alpha
    self.beta = beta
    whole = tgamma(alpha) * tgamma(beta) / tgamma(alpha + beta)
  }

  /// The probability of a value of at most `x`.
  func probability(upTo x: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The continued fraction converges fast below the mean only: above it, the mirrored distribution's does.
    guard x <= (alpha + 1) / (alpha + beta + 2) else { return 1 - mirrored.probability(upTo: 1 - x) }
    return exp(alpha * log(x) + beta * log1p(-x)) / (alpha * whole) / denominator(x)
  }

  /// The value that a share `probability` of all values lies below; to 1e-12 of itself, or of its distance to 1.
  func quantile(_ probability: Double) -> Double {
    guard probability > 0 else { return 0 }
    guard probability < 1 else { return 1 }
    let half = self.probability(upTo: 0.5)
    return probability <= half ? lowQuantile(probability) : 1 - mirrored.lowQuantile(1 - probability)
  }

  private var mirrored: BetaDistribution { BetaDistribution(alpha: beta, beta: alpha) }

  /// Newton's method from what the density's power at 0 alone would give, within a bracket that bisection narrows.
  private func lowQuantile(_ probability: Double) -> Double {
    var (low, high) = (0.0, 0.5)
    var x = min(max(pow(probability * alpha * whole, 1 / alpha), .leastNormalMagnitude), high)
    for _ in 0..<200 {
      let excess = self.probability(upTo: x) - probability
      if excess > 0 { high = x } else { low = x }
      let density = exp((alpha - 1) * log(x) + (beta - 1) * log1p(-x)) / whole
      let newton = x - excess / density
      let next = newton > low && newton < high ? newton : (low + high) / 2
      if abs(next - x) <= 1e-15 * x { return next }
      x = next
    }
    return x
  }

  /// The continued fraction 1 + d₁/(1 + d₂/(1 + …)) of DLMF 8.17.22, by the modified Lentz method.
  private func denominator(_ x: Double) -> Double {
    var value = 1.0
    var (ratio, inverse) = (1.0, 0.0)
    for step in 1...10_000 {
      let m = Double(step / 2)
      let numerator =
        step.isMultiple(of: 2)
        ? m * (beta - m) * x / ((alpha + 2 * m - 1) * (alpha + 2 * m))
        : -(alpha + m) * (alpha + beta + m) * x / ((alpha + 2 * m) * (alpha + 2 * m + 1))
      inverse = 1 / Self.nonzero(1 + numerator * inverse)
      ratio = Self.nonzero(1 + numerator / ratio)
      let factor = ratio * inverse
      value *= factor
      if abs(factor - 1) < 1e-16 { break }
    }
    return value
  }

  private static func nonzero(_ value: Double) -> Double { value == 0 ? 1e-300 : value }
}
