import SamplerNames

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Noise levels σ to step through, and the timesteps that belong to them.
struct SigmaSchedule: Sendable {
  enum Final: String, CaseIterable {
    case zero
    case sigmaMin = "sigma_min"
  }

  /// σ_t of every training timestep, ascending.
  private let table: [Float]
  private let logarithms: [Double]

  init(_ schedule: NoiseSchedule) {
    table = schedule.sigmas
    // Single precision, as numpy takes the logarithm of a single-precision array.
    logarithms = table.map { Double(Float(log(Double($0)))) }
  }

  var smallest: Double { Double(table[0]) }
  var largest: Double { Double(table[table.count - 1]) }

  /// The value after the last step.
  func last(_ final: Final) -> Double { final == .zero ? 0 : smallest }

  /// σ at a timestep, linear between training timesteps.
  func sigma(at timestep: Double) -> Double {
    let low = min(max(Int(timestep), 0), table.count - 1)
    let fraction = timestep - Double(low)
    guard fraction > 0, low + 1 < table.count else { return Double(table[low]) }
    let (from, to) = (Double(table[low]), Double(table[low + 1]))
    return (to - from) * fraction + from
  }

  /// The timestep at which the noise level is `sigma`, linear in log σ.
  func timestep(at sigma: Double) -> Double {
    let logarithm = log(max(sigma, 1e-10))
    let atOrBelow = logarithms.lastIndex { $0 <= logarithm } ?? 0
    let low = min(atOrBelow, logarithms.count - 2)
    let span = Double(Float(logarithms[low]) - Float(logarithms[low + 1]))
    let fraction = min(max((logarithms[low] - logarithm) / span, 0), 1)
    return (1 - fraction) * Double(low) + fraction * Double(low + 1)
  }
}

extension SigmaSpacing {
  /// `count` noise levels from `first` down to `last`.
  func levels(from first: Double, to last: Double, _ count: Int) -> [Double] {
    switch self {
    case .karras:
      let rho = 7.0
      let (high, low) = (pow(first, 1 / rho), pow(last, 1 / rho))
      return TimestepSpacing.linspace(from: 0, through: 1, count).map { pow(high + $0 * (low - high), rho) }
    case .exponential:
      return TimestepSpacing.linspace(from: log(first), through: log(last), count).map { exp($0) }
    case .beta:
      let distribution = BetaDistribution(alpha: 0.6, beta: 0.6)
      return TimestepSpacing.linspace(from: 0, through: 1, count).map {
        last + distribution.quantile(1 - $0) * (first - last)
      }
    }
  }
}
