import Checkpoints
import Tensors

/// Denoising diffusion probabilistic models (Ho et al. 2020, algorithm 2): the mean of the posterior of the next sample
/// given x₀ (eq. 7), and fresh noise of its variance.
struct DDPMScheduler: Scheduler {
  /// Which variance the noise has, of those that no model predicts.
  enum Variance: String, CaseIterable {
    /// The posterior's.
    case small = "fixed_small"
    /// The same, by way of its logarithm.
    case smallLogarithm = "fixed_small_log"
    /// That of the forward process.
    case large = "fixed_large"
  }

  let timesteps: [Double]
  let initNoiseSigma = 1.0

  private let schedule: NoiseSchedule
  private let prediction: PredictionType
  private let limit: OriginalLimit
  private let variance: Variance

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    schedule = try configuration.noiseSchedule(also: [.laplace, .sigmoid])
    prediction = try configuration.predictionType()
    limit = configuration.limit(clipsByDefault: true)
    variance = try configuration.ddpmVariance()
    timesteps = try configuration.timestepSpacing(default: .leading)
      .timesteps(steps, of: schedule.count, offset: configuration.fields.stepsOffset ?? 0)
      .map { $0.rounded(.toNearestOrEven) }
  }

  func shares(at index: Int) -> (signal: Double, noise: Double) {
    let (alpha, sigma) = schedule.signalAndNoise(at: Int(timesteps[index]))
    return (alpha, sigma)
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let timestep = Int(timesteps[index])
    let cumprod = Double(schedule.alphasCumprod[timestep])
    // All of the signal is there after the last step.
    let next = index + 1 < timesteps.count ? Double(schedule.alphasCumprod[Int(timesteps[index + 1])]) : 1
    let alpha = cumprod / next
    let beta = 1 - alpha
    let originalShare = next.squareRoot() * beta / (1 - cumprod)
    let sampleShare = alpha.squareRoot() * (1 - next) / (1 - cumprod)
    let original = prediction.original(alpha: cumprod.squareRoot(), sigma: (1 - cumprod).squareRoot())
    var terms =
      [(sampleShare, sample)] + limit.terms(originalShare, original, output: modelOutput, sample: sample)
    if timestep > 0 {
      let posterior = max((1 - next) / (1 - cumprod) * beta, 1e-20)
      let deviation = (variance == .large ? beta : posterior).squareRoot()
      terms.append((deviation, .noise(sample.shape, from: &generator)))
    }
    return .linearCombination(terms)
  }
}
