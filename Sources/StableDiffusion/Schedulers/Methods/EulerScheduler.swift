import Checkpoints
import Tensors

/// Euler's method on the probability-flow ODE dx/dσ = (x - x₀)/σ (Karras et al. 2022,
/// algorithm 1 without churn), or its ancestral variant, which steps further down and
/// adds fresh noise back (k-diffusion's `sample_euler_ancestral`).
struct EulerScheduler: Scheduler {
  let timesteps: [Double]
  let initNoiseSigma: Double

  /// One more than ``timesteps``: the noise level after the last step comes last.
  private let sigmas: [Double]
  private let prediction: PredictionType
  private let ancestral: Bool

  init(_ configuration: SchedulerConfiguration, steps: Int, ancestral: Bool) throws(CheckpointError) {
    self.ancestral = ancestral
    let fields = configuration.fields
    let schedule = try configuration.noiseSchedule()
    let sigmaSchedule = SigmaSchedule(schedule)
    prediction = try configuration.predictionType(unsupported: ancestral ? [.sample] : [])
    let spacing = try configuration.timestepSpacing(default: .linspace)
    let spaced = spacing.timesteps(steps, of: schedule.count, offset: fields.stepsOffset ?? 0)
      .map { Double(Float($0)) }
    let levels = spaced.map(sigmaSchedule.sigma)
    var final = SigmaSchedule.Final.zero
    var sigmaSpacing = SigmaSchedule.Spacing.timesteps
    if !ancestral {
      try configuration.require("linear", "interpolation_type", fields.interpolationType)
      try configuration.require("discrete", "timestep_type", fields.timestepType)
      final = try configuration.finalSigmas()
      sigmaSpacing = try configuration.sigmaSpacing()
    }
    let first = fields.sigmaMax ?? levels[0]
    let last = fields.sigmaMin ?? levels[steps - 1]
    let chosen =
      switch sigmaSpacing {
      case .timesteps: levels
      case .karras: SigmaSchedule.karras(from: first, to: last, steps)
      case .exponential: SigmaSchedule.exponential(from: first, to: last, steps)
      }
    timesteps =
      sigmaSpacing == .timesteps ? spaced : chosen.map { Double(Float(sigmaSchedule.timestep(at: $0))) }
    sigmas = (chosen + [sigmaSchedule.last(final)]).map { Double(Float($0)) }
    let largest = sigmas.max() ?? 0
    initNoiseSigma = spacing == .leading ? (largest * largest + 1).squareRoot() : largest
  }

  func scaleModelInput(_ sample: Tensor, at index: Int) -> Tensor {
    .linearCombination([(Self.alpha(sigmas[index]), sample)])
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let (sigma, next) = (sigmas[index], sigmas[index + 1])
    // Here x = x₀ + σ ε; scaled by α it is the sample that the prediction speaks of.
    let alpha = Self.alpha(sigma)
    let original = prediction.original(alpha: alpha, sigma: alpha * sigma)
    let up = ancestral ? (next * next * (sigma * sigma - next * next)).squareRoot() / sigma : 0
    let down = (next * next - up * up).squareRoot()
    let slope = (down - sigma) / sigma
    var terms = [
      (1 + slope * (1 - original.sample * alpha), sample),
      (-slope * original.output, modelOutput),
    ]
    if ancestral { terms.append((up, .noise(sample.shape, from: &generator))) }
    return .linearCombination(terms)
  }

  private static func alpha(_ sigma: Double) -> Double { 1 / (sigma * sigma + 1).squareRoot() }
}
