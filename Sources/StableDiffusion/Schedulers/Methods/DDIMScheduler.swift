import Checkpoints
import Tensors

/// Denoising diffusion implicit models (Song et al. 2020), deterministic (η = 0):
/// predicts x₀ (eq. 12) and puts it back at the next, lower noise level.
struct DDIMScheduler: Scheduler {
  let timesteps: [Double]
  let initNoiseSigma = 1.0

  private let schedule: NoiseSchedule
  private let prediction: PredictionType
  private let stride: Int
  private let finalAlphaCumprod: Double
  private let clipRange: Double?

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    try configuration.requireFalse("thresholding", configuration.fields.thresholding)
    schedule = try configuration.noiseSchedule()
    prediction = try configuration.predictionType()
    stride = schedule.count / steps
    timesteps = try configuration.timestepSpacing(default: .leading)
      .timesteps(steps, of: schedule.count, offset: configuration.fields.stepsOffset ?? 0)
      .map { $0.rounded(.toNearestOrEven) }
    finalAlphaCumprod =
      configuration.fields.setAlphaToOne ?? true ? 1 : Double(schedule.alphasCumprod[0])
    clipRange =
      configuration.fields.clipSample ?? true ? configuration.fields.clipSampleRange ?? 1 : nil
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let timestep = Int(timesteps[index])
    let (alpha, sigma) = schedule.signalAndNoise(at: timestep)
    let next = timestep - stride
    let nextCumprod = next >= 0 ? Double(schedule.alphasCumprod[next]) : finalAlphaCumprod
    let (nextAlpha, nextSigma) = (nextCumprod.squareRoot(), (1 - nextCumprod).squareRoot())
    let original = prediction.original(alpha: alpha, sigma: sigma)
    let noise = prediction.noise(alpha: alpha, sigma: sigma)
    guard let clipRange else {
      return .linearCombination([
        (nextAlpha * original.sample + nextSigma * noise.sample, sample),
        (nextAlpha * original.output + nextSigma * noise.output, modelOutput),
      ])
    }
    let clipped = Tensor.linearCombination([
      (original.sample, sample), (original.output, modelOutput),
    ]).clamped(to: clipRange)
    return .linearCombination([
      (nextAlpha, clipped),
      (nextSigma * noise.sample, sample), (nextSigma * noise.output, modelOutput),
    ])
  }
}
