import Checkpoints
import Tensors

/// Latent consistency models (Luo et al. 2023, algorithm 3): the model jumps to the end of the trajectory, and noise of
/// the next timestep is put on what it finds there.
struct LCMScheduler: Scheduler {
  let timesteps: [Double]
  let initNoiseSigma = 1.0

  private let schedule: NoiseSchedule
  private let prediction: PredictionType
  private let limit: OriginalLimit
  private let timestepScaling: Double

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    schedule = try configuration.noiseSchedule(start: 0.00085, end: 0.012, betas: .scaledLinear)
    prediction = try configuration.predictionType()
    limit = configuration.limit(clipsByDefault: false)
    timestepScaling = configuration.fields.timestepScaling ?? 10
    timesteps = try DistilledTimesteps.timesteps(steps, of: schedule.count, configuration)
  }

  func shares(at index: Int) -> (signal: Double, noise: Double) {
    let (alpha, sigma) = schedule.signalAndNoise(at: Int(timesteps[index]))
    return (alpha, sigma)
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let (alpha, sigma) = schedule.signalAndNoise(at: Int(timesteps[index]))
    let original = prediction.original(alpha: alpha, sigma: sigma)
    let (skip, out) = boundary(timesteps[index])
    let denoised = [(skip, sample)] + limit.terms(out, original, output: modelOutput, sample: sample)
    guard index + 1 < timesteps.count else { return .linearCombination(denoised) }
    let next = schedule.signalAndNoise(at: Int(timesteps[index + 1]))
    return .linearCombination(
      denoised.map { (next.alpha * $0, $1) }
        + [(next.sigma, .noise(sample.shape, from: &generator))])
  }

  /// c_skip and c_out of the consistency function, which is the identity at timestep 0 (the paper's eq. 9, with
  /// σ_data = 0.5).
  private func boundary(_ timestep: Double) -> (skip: Double, out: Double) {
    let scaled = timestep * timestepScaling
    let square = scaled * scaled + 0.25
    return (0.25 / square, scaled / square.squareRoot())
  }
}
