import Checkpoints
import Tensors

/// Heun's method on the probability-flow ODE dx/dσ = (x - x₀)/σ (Karras et al. 2022, algorithm 1 without churn): a step
/// by Euler's method, and the same step again with the mean of the slopes at both of its ends. The last step, to a
/// noise level of zero, is Euler's alone.
struct HeunScheduler: Scheduler {
  let timesteps: [Double]
  let order = 2
  let initNoiseSigma: Double

  /// One more than steps; each but the first and the last belongs to two of ``timesteps``.
  private let sigmas: [Double]
  private let prediction: PredictionType
  private let limit: OriginalLimit
  /// Where the current step began, and the slope there.
  private var start: (sample: Tensor, slope: Tensor)?

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    let schedule = try configuration.noiseSchedule(
      zeroTerminalSNR: false, start: 0.00085, end: 0.012, also: [.exponential])
    prediction = try configuration.predictionType()
    limit = configuration.clipping(byDefault: false)
    let levels = try UnscaledLevels(
      configuration, steps: steps, schedule: schedule, spacing: configuration.sigmaSpacing())
    (sigmas, initNoiseSigma) = (levels.sigmas, levels.initNoiseSigma)
    timesteps = levels.timesteps.prefix(1) + levels.timesteps.dropFirst().flatMap { [$0, $0] }
  }

  func shares(at index: Int) -> (signal: Double, noise: Double) { (1, sigmas[(index + 1) / 2]) }

  func scaleModelInput(_ sample: Tensor, at index: Int) -> Tensor {
    .linearCombination([(UnscaledLevels.alpha(sigmas[(index + 1) / 2]), sample)])
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let sigma = sigmas[(index + 1) / 2]
    let original = UnscaledLevels.original(prediction, sigma)
    let slope = Tensor.linearCombination(
      [(1 / sigma, sample)] + limit.terms(-1 / sigma, original, output: modelOutput, sample: sample))
    let length = sigmas[index / 2 + 1] - sigmas[index / 2]
    guard let start else {
      self.start = (sample, slope)
      return .linearCombination([(1, sample), (length, slope)])
    }
    self.start = nil
    return .linearCombination([(1, start.sample), (length / 2, start.slope), (length / 2, slope)])
  }
}
