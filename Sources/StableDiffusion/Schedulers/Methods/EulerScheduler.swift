import Checkpoints
import SamplerNames
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
    let schedule = try configuration.noiseSchedule()
    prediction = try configuration.predictionType(unsupported: ancestral ? [.sample] : [])
    var final = SigmaSchedule.Final.zero
    var spacing: SigmaSpacing?
    if !ancestral {
      try configuration.require("linear", "interpolation_type", configuration.fields.interpolationType)
      try configuration.require("discrete", "timestep_type", configuration.fields.timestepType)
      final = try configuration.finalSigmas()
      spacing = try configuration.sigmaSpacing()
    }
    let levels = try UnscaledLevels(
      configuration, steps: steps, schedule: schedule, spacing: spacing, final: final)
    (timesteps, sigmas, initNoiseSigma) = (levels.timesteps, levels.sigmas, levels.initNoiseSigma)
  }

  func shares(at index: Int) -> (signal: Double, noise: Double) { (1, sigmas[index]) }

  func scaleModelInput(_ sample: Tensor, at index: Int) -> Tensor {
    .linearCombination([(UnscaledLevels.alpha(sigmas[index]), sample)])
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let (sigma, next) = (sigmas[index], sigmas[index + 1])
    // Here x = x₀ + σ ε; scaled by α it is the sample that the prediction speaks of.
    let alpha = UnscaledLevels.alpha(sigma)
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
}
