import Checkpoints
import SamplerNames

/// The noise levels σ of a method's steps, descending, and the timesteps that the model is told at them.
struct NoiseLevels: Sendable {
  let sigmas: [Double]
  let timesteps: [Double]

  /// Those of the timesteps, or where a spacing is given, spread between two noise levels.
  ///
  /// - Parameters:
  ///   - timesteps: by `timestep_spacing`
  ///   - count: of the levels that a spacing gives
  ///   - ends: the first and the last level to spread between, where the configuration names no other
  ///   - rounded: how the class of diffusers rounds timesteps that it finds for levels
  init(
    _ configuration: SchedulerConfiguration, _ spacing: SigmaSpacing?, timesteps: [Double],
    of schedule: SigmaSchedule, count: Int, ends: (first: Double, last: Double)? = nil,
    rounded: (Double) -> Double
  ) {
    let levels = timesteps.map(schedule.sigma)
    guard let spacing else {
      (sigmas, self.timesteps) = (levels, timesteps)
      return
    }
    let (first, last) = ends ?? (levels[0], levels[levels.count - 1])
    sigmas = spacing.levels(
      from: configuration.fields.sigmaMax ?? first, to: configuration.fields.sigmaMin ?? last, count)
    self.timesteps = sigmas.map { rounded(schedule.timestep(at: $0)) }
  }
}

/// The levels of the methods that come from k-diffusion (Karras et al. 2022), whose sample is not scaled down:
/// `x = x₀ + σ ε`.
struct UnscaledLevels: Sendable {
  /// One more than ``timesteps``, in single precision: the noise level after the last step comes last.
  let sigmas: [Double]
  let timesteps: [Double]
  /// Standard deviation of the noise that sampling starts from.
  let initNoiseSigma: Double

  /// - Parameters:
  ///   - spacing: of the levels
  ///   - spaced: how the class of diffusers rounds timesteps by `timestep_spacing`
  ///   - rounded: see ``NoiseLevels``
  /// - Throws: ``CheckpointError``
  init(
    _ configuration: SchedulerConfiguration, steps: Int, schedule: NoiseSchedule, spacing: SigmaSpacing?,
    final: SigmaSchedule.Final = .zero, spaced: (Double) -> Double = { Double(Float($0)) },
    rounded: (Double) -> Double = { Double(Float($0)) }
  ) throws(CheckpointError) {
    let table = SigmaSchedule(schedule)
    let timestepSpacing = try configuration.timestepSpacing(default: .linspace)
    let levels = NoiseLevels(
      configuration, spacing,
      timesteps:
        timestepSpacing
        .timesteps(steps, of: schedule.count, offset: configuration.fields.stepsOffset ?? 0)
        .map(spaced),
      of: table, count: steps, rounded: rounded)
    timesteps = levels.timesteps
    sigmas = (levels.sigmas + [table.last(final)]).map { Double(Float($0)) }
    let largest = sigmas.max() ?? 0
    initNoiseSigma = timestepSpacing == .leading ? (largest * largest + 1).squareRoot() : largest
  }

  /// By how much a sample of a noise level is scaled down where it is `α x₀ + σ' ε` with `α² + σ'² = 1`.
  static func alpha(_ sigma: Double) -> Double { 1 / (sigma * sigma + 1).squareRoot() }

  /// x₀ in terms of a sample of a noise level and the model's output.
  static func original(_ prediction: PredictionType, _ sigma: Double) -> PredictionType.Coefficients {
    let alpha = alpha(sigma)
    let scaled = prediction.original(alpha: alpha, sigma: alpha * sigma)
    return (scaled.sample * alpha, scaled.output)
  }

  /// dx/dσ = (x - x₀)/σ in the same terms.
  static func slope(_ prediction: PredictionType, _ sigma: Double) -> PredictionType.Coefficients {
    let original = original(prediction, sigma)
    return ((1 - original.sample) / sigma, -original.output / sigma)
  }
}
