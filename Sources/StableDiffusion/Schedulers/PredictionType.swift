/// What a model was trained to predict, for a sample `x = α x₀ + σ ε` with `α² + σ² = 1`.
enum PredictionType: String, CaseIterable, Sendable {
  case epsilon
  case sample
  /// `v = α ε - σ x₀` (Salimans and Ho 2022).
  case velocity = "v_prediction"

  /// The coefficients of a linear expression in the sample and the model output.
  typealias Coefficients = (sample: Double, output: Double)

  /// x₀ in terms of sample and model output.
  func original(alpha: Double, sigma: Double) -> Coefficients {
    switch self {
    case .epsilon: (1 / alpha, -sigma / alpha)
    case .sample: (0, 1)
    case .velocity: (alpha, -sigma)
    }
  }

  /// ε in terms of sample and model output.
  func noise(alpha: Double, sigma: Double) -> Coefficients {
    switch self {
    case .epsilon: (0, 1)
    case .sample: (1 / sigma, -alpha / sigma)
    case .velocity: (sigma, alpha)
    }
  }
}
