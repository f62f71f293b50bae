import Checkpoints
import SamplerNames
import Tensors

/// The linear multistep method of order 4 on the probability-flow ODE dx/dσ = (x - x₀)/σ: the slope is taken to be the
/// polynomial in σ through the last slopes (k-diffusion's `sample_lms`).
struct LMSScheduler: Scheduler {
  let timesteps: [Double]
  let initNoiseSigma: Double

  private static let order = 4

  /// One more than ``timesteps``: the noise level after the last step comes last.
  private let sigmas: [Double]
  private let prediction: PredictionType
  /// The last slopes, newest first.
  private var slopes: [Tensor] = []

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    let schedule = try configuration.noiseSchedule(zeroTerminalSNR: false)
    prediction = try configuration.predictionType()
    let spacing = try configuration.sigmaSpacing()
    // diffusers' class takes a range of levels for its other spacings only.
    let levels = try UnscaledLevels(
      spacing == .karras ? configuration.withoutSigmaRange : configuration, steps: steps, schedule: schedule,
      spacing: spacing)
    (timesteps, sigmas, initNoiseSigma) = (levels.timesteps, levels.sigmas, levels.initNoiseSigma)
  }

  func shares(at index: Int) -> (signal: Double, noise: Double) { (1, sigmas[index]) }

  func scaleModelInput(_ sample: Tensor, at index: Int) -> Tensor {
    .linearCombination([(UnscaledLevels.alpha(sigmas[index]), sample)])
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let slope = UnscaledLevels.slope(prediction, sigmas[index])
    slopes.insert(.linearCombination([(slope.sample, sample), (slope.output, modelOutput)]), at: 0)
    slopes = Array(slopes.prefix(Self.order))
    return .linearCombination([(1, sample)] + zip(weights(at: index), slopes))
  }

  /// ∫ Πⱼ (σ - σⱼ)/(σᵢ - σⱼ) dσ over the step, for each of the levels σᵢ that the polynomial goes through, newest first.
  ///
  /// As in diffusers those are the levels before the step, also of steps that were not taken because sampling began
  /// after them; their slopes then count as zero.
  private func weights(at index: Int) -> [Double] {
    let nodes = (0..<min(index + 1, Self.order)).map { sigmas[index - $0] }
    let (from, to) = (sigmas[index], sigmas[index + 1])
    let (middle, half) = ((from + to) / 2, (to - from) / 2)
    // Gauss and Legendre's rule with three points is exact up to degree 5.
    let reach = 0.6.squareRoot()
    let rule = [(-reach, 5.0 / 9), (0, 8.0 / 9), (reach, 5.0 / 9)]
    return nodes.indices.map { own in
      half
        * rule.reduce(0) { sum, point in
          let sigma = middle + half * point.0
          let others = nodes.indices.filter { $0 != own }
          return sum + point.1 * others.reduce(1) { $0 * (sigma - nodes[$1]) / (nodes[own] - nodes[$1]) }
        }
    }
  }
}
