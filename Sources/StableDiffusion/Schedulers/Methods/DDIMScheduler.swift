import Checkpoints
import Tensors

/// Denoising diffusion implicit models (Song et al. 2020): predicts x₀ (eq. 12) and puts it back at the next, lower
/// noise level, where a share η of the noise that DDPM would draw afresh is drawn afresh.
struct DDIMScheduler: Scheduler {
  let timesteps: [Double]
  let initNoiseSigma = 1.0

  private let schedule: NoiseSchedule
  private let prediction: PredictionType
  private let stride: Int
  private let finalAlphaCumprod: Double
  private let limit: OriginalLimit
  private let eta: Double

  /// - Parameter eta: 0 draws no noise, 1 as much as DDPM
  init(_ configuration: SchedulerConfiguration, steps: Int, eta: Double) throws(CheckpointError) {
    self.eta = eta
    schedule = try configuration.noiseSchedule()
    prediction = try configuration.predictionType()
    stride = schedule.count / steps
    timesteps = try configuration.timestepSpacing(default: .leading)
      .timesteps(steps, of: schedule.count, offset: configuration.fields.stepsOffset ?? 0)
      .map { $0.rounded(.toNearestOrEven) }
    finalAlphaCumprod =
      configuration.fields.setAlphaToOne ?? true ? 1 : Double(schedule.alphasCumprod[0])
    limit = configuration.limit(clipsByDefault: true)
  }

  func shares(at index: Int) -> (signal: Double, noise: Double) {
    let (alpha, sigma) = schedule.signalAndNoise(at: Int(timesteps[index]))
    return (alpha, sigma)
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let timestep = Int(timesteps[index])
    let (alpha, sigma) = schedule.signalAndNoise(at: timestep)
    let next = timestep - stride
    let nextCumprod = next >= 0 ? Double(schedule.alphasCumprod[next]) : finalAlphaCumprod
    let variance =
      (1 - nextCumprod) / (1 - Double(schedule.alphasCumprod[timestep]))
      * (1 - Double(schedule.alphasCumprod[timestep]) / nextCumprod)
    let fresh = eta > 0 ? eta * variance.squareRoot() : 0
    let (nextAlpha, nextSigma) = (
      nextCumprod.squareRoot(), max(1 - nextCumprod - fresh * fresh, 0).squareRoot()
    )
    let original = prediction.original(alpha: alpha, sigma: sigma)
    let noise = prediction.noise(alpha: alpha, sigma: sigma)
    var terms: [(Double, Tensor)]
    if limit == .none {
      terms = [
        (nextAlpha * original.sample + nextSigma * noise.sample, sample),
        (nextAlpha * original.output + nextSigma * noise.output, modelOutput),
      ]
    } else {
      let limited = limit.applied(
        to: .linearCombination([(original.sample, sample), (original.output, modelOutput)]))
      terms = [
        (nextAlpha, limited), (nextSigma * noise.sample, sample), (nextSigma * noise.output, modelOutput),
      ]
    }
    if eta > 0 { terms.append((fresh, .noise(sample.shape, from: &generator))) }
    return .linearCombination(terms)
  }
}
