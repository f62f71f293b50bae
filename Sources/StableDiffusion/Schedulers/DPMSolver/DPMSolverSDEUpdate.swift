#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The coefficients of an ancestral step of DPM-Solver++ of first order from one noise level to another: of the sample,
/// of x₀, and of the increment of a Brownian path between the two levels.
///
/// In single precision as the reference computes them, where a large step leaves few digits of the level that it goes
/// down to.
struct DPMSolverSDEUpdate {
  /// As the path knows them.
  let levels: (from: Float, to: Float)
  let sample, original, noise: Double

  /// - Parameters:
  ///   - start: −log σ
  ///   - end: −log σ
  init(from start: Float, to end: Float) {
    let (from, to) = (Self.level(at: start), Self.level(at: end))
    levels = (from, to)
    let fresh = (to * to * (from * from - to * to) / (from * from)).squareRoot()
    // Also where it is no number, between levels that rise.
    let up = fresh < to ? fresh : to
    let down = Self.time(of: (to * to - up * up).squareRoot())
    sample = Double(Self.level(at: down) / from)
    original = -Double(Float(expm1(Double(start - down))))
    // A path goes from the lower level to the higher one, and nowhere between equal ones.
    let length = abs(from - to).squareRoot()
    noise = length > 0 ? Double((from > to ? -up : up) / length) : 0
  }

  /// −log σ
  static func time(of level: Float) -> Float { Float(-log(Double(level))) }

  static func level(at time: Float) -> Float { Float(exp(-Double(time))) }

  /// That of the geometric mean of two levels.
  static func middle(of from: Float, _ to: Float) -> Float {
    time(of: from) + (time(of: to) - time(of: from)) * 0.5
  }
}
