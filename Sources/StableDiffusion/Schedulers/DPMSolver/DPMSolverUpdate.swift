#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What DPM-Solver takes the model to say, and whether it adds noise.
enum DPMSolverAlgorithm: String, CaseIterable {
  case data = "dpmsolver++"
  case noise = "dpmsolver"
  case stochasticData = "sde-dpmsolver++"
  case stochasticNoise = "sde-dpmsolver"

  var predictsData: Bool { self == .data || self == .stochasticData }
  var isStochastic: Bool { self == .stochasticData || self == .stochasticNoise }
}

/// How DPM-Solver's steps of second order take the model to change.
enum DPMSolverType: String, CaseIterable {
  case midpoint, heun
}

/// A point of the trajectory where `x = α x₀ + σ ε`, `α² + σ² = 1`.
struct NoiseLevel {
  let alpha: Double
  let sigma: Double
  /// log(α/σ)
  let lambda: Double

  /// - Parameter ratio: σ/α.
  init(_ ratio: Double) {
    alpha = 1 / (ratio * ratio + 1).squareRoot()
    sigma = ratio * alpha
    lambda = -log(ratio)
  }
}

/// The coefficients of one step of DPM-Solver of length h in λ: of the sample, of the constant, linear and
/// quadratic term of the model's Taylor expansion (with differences in units of h), of fresh noise.
struct DPMSolverUpdate {
  let sample, constant, linear, quadratic, noise: Double

  init(_ algorithm: DPMSolverAlgorithm, from: NoiseLevel, to: NoiseLevel) {
    let h = to.lambda - from.lambda
    if algorithm.predictsData {
      // The stochastic variant decays twice as fast and replaces what it loses by noise.
      let H = algorithm.isStochastic ? 2 * h : h
      let decayed = 1 - exp(-H)
      sample = to.sigma / from.sigma * (algorithm.isStochastic ? exp(-h) : 1)
      constant = to.alpha * decayed
      linear = to.alpha * (1 - decayed / H)
      quadratic = to.alpha * (0.5 - (H - decayed) / (H * H))
      noise = algorithm.isStochastic ? to.sigma * (1 - exp(-2 * h)).squareRoot() : 0
    } else {
      let growth = exp(h) - 1
      let factor = algorithm.isStochastic ? 2.0 : 1.0
      sample = to.alpha / from.alpha
      constant = -factor * to.sigma * growth
      linear = -factor * to.sigma * (growth / h - 1)
      quadratic = -to.sigma * ((growth - h) / (h * h) - 0.5)
      noise = algorithm.isStochastic ? to.sigma * (exp(2 * h) - 1).squareRoot() : 0
    }
  }

  /// The coefficients of what the model says at the step's beginning and at `places`, where it is taken to be the
  /// polynomial in λ through all of these.
  /// - Parameter places: none, one or two, from the step's beginning, in units of its length
  func interpolating(_ places: [Double]) -> [Double] {
    let shares: [Double]
    switch places.count {
    case 0: shares = []
    case 1: shares = [linear / places[0]]
    default:
      let (near, far) = (places[0], places[1])
      shares = [
        (linear * far - 2 * quadratic) / (far - near) / near,
        (2 * quadratic - linear * near) / (far - near) / far,
      ]
    }
    return [shares.reduce(constant, -)] + shares
  }
}
