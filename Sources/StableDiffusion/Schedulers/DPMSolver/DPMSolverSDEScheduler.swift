import Checkpoints
import SamplerNames
import Tensors

/// A stochastic DPM-Solver++ of second order: a step to the geometric mean of a step's noise levels, and the whole step
/// again with the model's x₀ there. Each solves the linear part of the diffusion SDE exactly (Lu et al. 2022b), goes
/// further down than it should and adds noise back, as ancestral methods do (Karras et al. 2022, algorithm 2; k-diffusion
/// calls this one `sample_dpmpp_sde`). The two overlap, so their noise is that of one path of Brownian motion along the
/// noise levels, see ``BrownianTree``. The last step, to a noise level of zero, takes the model's x₀.
///
/// The path's seed is the configuration's `noise_sampler_seed`, or else that of the picture, as the web UI has it.
/// diffusers draws one at random there; with `noise_sampler_seed` set to the picture's it makes the same picture.
///
/// Noise levels are rounded where torch rounds them, since a path in millionths tells levels apart that differ in their
/// last digit only. About one in a hundred of torch's exponentials, and fewer of its roots, are off in it (others with
/// another library below torch), and where that makes a time of the path another millionth, the noise differs by about a
/// thousandth.
struct DPMSolverSDEScheduler: Scheduler {
  let timesteps: [Double]
  let order = 2
  let initNoiseSigma: Double

  /// One more than steps: zero comes last.
  private let sigmas: [Float]
  private let prediction: PredictionType
  private let seed: UInt64?
  /// From the lowest noise level above zero to the highest one; made for the first sample.
  private var tree: BrownianTree?
  /// Where the current step began.
  private var start: Tensor?

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    let schedule = try configuration.noiseSchedule(zeroTerminalSNR: false, start: 0.00085, end: 0.012)
    prediction = try configuration.predictionType(unsupported: [.sample])
    seed = configuration.fields.noiseSamplerSeed.map { UInt64($0) }
    let spacing = try configuration.sigmaSpacing()
    let levels = try UnscaledLevels(
      spacing == .karras ? configuration.withoutSigmaRange : configuration, steps: steps, schedule: schedule,
      spacing: spacing, spaced: { $0 }, rounded: { $0 })
    initNoiseSigma = levels.initNoiseSigma
    let sigmas = levels.sigmas.map { Float($0) }
    self.sigmas = sigmas
    let table = SigmaSchedule(schedule)
    // None of the last step.
    let middles = zip(sigmas.dropLast(), sigmas.dropLast().dropFirst()).map {
      table.timestep(at: Self.middle($0, $1))
    }
    timesteps =
      levels.timesteps.prefix(1) + zip(middles, levels.timesteps.dropFirst()).flatMap { [$0, $1] }
  }

  func shares(at index: Int) -> (signal: Double, noise: Double) { (1, sigma(at: index)) }

  func scaleModelInput(_ sample: Tensor, at index: Int) -> Tensor {
    .linearCombination([(UnscaledLevels.alpha(sigma(at: index)), sample)])
  }

  /// Where the model is evaluated.
  private func sigma(at index: Int) -> Double {
    let from = sigmas[index / 2]
    return index.isMultiple(of: 2) ? Double(from) : Self.middle(from, sigmas[index / 2 + 1])
  }

  private static func middle(_ from: Float, _ to: Float) -> Double {
    Double(DPMSolverSDEUpdate.level(at: DPMSolverSDEUpdate.middle(of: from, to)))
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let original = UnscaledLevels.original(prediction, sigma(at: index))
    let (from, to) = (sigmas[index / 2], sigmas[index / 2 + 1])
    guard to > 0 else {
      return .linearCombination([(original.sample, sample), (original.output, modelOutput)])
    }
    let isFirst = index.isMultiple(of: 2)
    let update = DPMSolverSDEUpdate(
      from: DPMSolverSDEUpdate.time(of: from),
      to: isFirst ? DPMSolverSDEUpdate.middle(of: from, to) : DPMSolverSDEUpdate.time(of: to))
    let begin = isFirst ? sample : start ?? sample
    start = isFirst ? sample : nil
    return .linearCombination([
      (update.sample, begin), (update.original * original.sample, sample),
      (update.original * original.output, modelOutput),
      (update.noise, increment(of: update, sample.shape, pictureSeed: generator.initialSeed)),
    ])
  }

  private mutating func increment(
    of update: DPMSolverSDEUpdate, _ shape: Shape, pictureSeed: UInt64
  ) -> Tensor {
    let levels = sigmas.filter { $0 > 0 }
    var tree =
      self.tree
      ?? BrownianTree(
        from: Double(levels.min() ?? 0), through: Double(levels.max() ?? 0), count: shape.count,
        entropy: seed ?? pictureSeed)
    let (from, to) = (Double(update.levels.from), Double(update.levels.to))
    let values = tree.increment(from: min(from, to), to: max(from, to))
    self.tree = tree
    return .channelsLast(values, shape)
  }
}
