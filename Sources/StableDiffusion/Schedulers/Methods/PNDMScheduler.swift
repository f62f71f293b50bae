import Checkpoints
import Tensors

/// Pseudo numerical methods for diffusion models (Liu et al. 2022): linear multistep
/// (PLMS, eq. 12), started either by repeating the first step, as Stable Diffusion does
/// (`skip_prk_steps`), or by three pseudo Runge-Kutta steps of four evaluations (eq. 13).
struct PNDMScheduler: Scheduler {
  let timesteps: [Double]
  let initNoiseSigma = 1.0

  private let schedule: NoiseSchedule
  private let prediction: PredictionType
  private let stride: Int
  private let finalAlphaCumprod: Double
  private let rungeKuttaCount: Int

  /// Steps that were taken, which decide what the next one does: sampling may begin anywhere.
  private var taken = 0
  /// The last four model outputs, newest last.
  private var outputs: [Tensor] = []
  /// Where the current Runge-Kutta step or the repeated first step began.
  private var startSample: Tensor?
  /// The weighted sum of the outputs of the current Runge-Kutta step.
  private var rungeKuttaSum: Tensor?

  /// The least number of steps when Runge-Kutta steps come first.
  static let minimumRungeKuttaSteps = 4

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    schedule = try configuration.noiseSchedule(zeroTerminalSNR: false)
    prediction = try configuration.predictionType(unsupported: [.sample])
    stride = schedule.count / steps
    finalAlphaCumprod =
      configuration.fields.setAlphaToOne ?? false ? 1 : Double(schedule.alphasCumprod[0])
    let descending = try configuration.timestepSpacing(default: .leading)
      .timesteps(steps, of: schedule.count, offset: configuration.fields.stepsOffset ?? 0)
      .map { $0.rounded(.toNearestOrEven) }
    if configuration.fields.skipPRKSteps ?? false {
      rungeKuttaCount = 0
      timesteps = Array(descending.prefix(2) + descending.dropFirst())
    } else {
      let half = Double(stride / 2)
      // A step of length `stride` is evaluated at its start, twice in its middle, at its end.
      let rungeKutta = zip(descending.prefix(3), descending.dropFirst()).flatMap { start, end in
        [start, end + half, end + half, end]
      }
      rungeKuttaCount = rungeKutta.count
      timesteps = rungeKutta + descending.dropFirst(3)
    }
  }

  func shares(at index: Int) -> (signal: Double, noise: Double) {
    let (alpha, sigma) = schedule.signalAndNoise(at: Int(timesteps[index]))
    return (alpha, sigma)
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    defer { taken += 1 }
    return taken < rungeKuttaCount
      ? rungeKuttaStep(modelOutput, at: index, sample: sample)
      : multistep(modelOutput, at: index, sample: sample)
  }

  private mutating func rungeKuttaStep(_ modelOutput: Tensor, at index: Int, sample: Tensor) -> Tensor {
    let stage = taken % 4
    if stage == 0 {
      outputs.append(modelOutput)
      startSample = sample
    }
    let weight = stage == 0 || stage == 3 ? 1.0 / 6 : 1.0 / 3
    let sum = Tensor.linearCombination(
      [(weight, modelOutput)] + (rungeKuttaSum.map { [(1, $0)] } ?? []))
    rungeKuttaSum = stage == 3 ? nil : sum
    return transfer(
      startSample ?? sample, [(1, stage == 3 ? sum : modelOutput)],
      from: Int(timesteps[taken - stage]),
      to: Int(timesteps[index]) - (stage % 2 == 0 ? stride / 2 : 0))
  }

  private mutating func multistep(_ modelOutput: Tensor, at index: Int, sample: Tensor) -> Tensor {
    let timestep = Int(timesteps[index])
    if taken == 1, rungeKuttaCount == 0 {
      // The first step again, with the mean of the outputs at both of its ends.
      let start = startSample ?? sample
      startSample = nil
      return transfer(
        start, [(0.5, modelOutput), (0.5, outputs[0])], from: timestep + stride, to: timestep)
    }
    if taken == 0 { startSample = sample }
    outputs = outputs.suffix(3) + [modelOutput]
    let weights: [Double] =
      switch outputs.count {
      case 1: [1]
      case 2: [-1.0 / 2, 3.0 / 2]
      case 3: [5.0 / 12, -16.0 / 12, 23.0 / 12]
      default: [-9.0 / 24, 37.0 / 24, -59.0 / 24, 55.0 / 24]
      }
    return transfer(
      sample, Array(zip(weights, outputs)), from: timestep, to: timestep - stride)
  }

  /// The transfer from one timestep to another (eq. 11) along the model output Σ weight · output.
  private func transfer(
    _ sample: Tensor, _ outputs: [(weight: Double, Tensor)], from timestep: Int, to next: Int
  ) -> Tensor {
    let cumprod = Double(schedule.alphasCumprod[timestep])
    let nextCumprod = next >= 0 ? Double(schedule.alphasCumprod[next]) : finalAlphaCumprod
    let (alpha, sigma) = schedule.signalAndNoise(at: timestep)
    let denominator =
      cumprod * (1 - nextCumprod).squareRoot() + (cumprod * (1 - cumprod) * nextCumprod).squareRoot()
    let scale = -(nextCumprod - cumprod) / denominator
    let noise = prediction.noise(alpha: alpha, sigma: sigma)
    return .linearCombination(
      [((nextCumprod / cumprod).squareRoot() + scale * noise.sample, sample)]
        + outputs.map { (scale * noise.output * $0.weight, $0.1) })
  }
}
