import Checkpoints
import Tensors

/// Trajectory consistency distillation (Zheng et al. 2024, "strategic stochastic sampling"): the model jumps to a
/// timestep before the next one, a share γ of the way to the end, and noise is put on what it finds there.
struct TCDScheduler: Scheduler {
  let timesteps: [Double]
  let initNoiseSigma = 1.0

  private let schedule: NoiseSchedule
  private let prediction: PredictionType
  private let gamma: Double

  /// - Parameter eta: the paper's γ: 0 adds no noise, 1 goes to the end and adds all of it
  init(_ configuration: SchedulerConfiguration, steps: Int, eta: Double) throws(CheckpointError) {
    schedule = try configuration.noiseSchedule(start: 0.00085, end: 0.012, betas: .scaledLinear)
    prediction = try configuration.predictionType()
    gamma = eta
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
    let isLast = index + 1 == timesteps.count
    let next = isLast ? 0 : Int(timesteps[index + 1])
    // Rounded down as the reference does it, in single precision.
    let target = Int(Float(1 - gamma) * Float(next))
    let (targetAlpha, targetSigma) = schedule.signalAndNoise(at: target)
    let original = prediction.original(alpha: alpha, sigma: sigma)
    let noise = prediction.noise(alpha: alpha, sigma: sigma)
    // Whether signal is left to cover.
    let isStochastic = gamma > 0 && !isLast
    let ratio =
      isStochastic ? Double(schedule.alphasCumprod[next]) / Double(schedule.alphasCumprod[target]) : 1
    let share = ratio.squareRoot()
    var terms = [
      (share * (targetAlpha * original.sample + targetSigma * noise.sample), sample),
      (share * (targetAlpha * original.output + targetSigma * noise.output), modelOutput),
    ]
    if isStochastic {
      terms.append(((1 - ratio).squareRoot(), .noise(sample.shape, from: &generator)))
    }
    return .linearCombination(terms)
  }
}
