import Checkpoints
import SamplerNames
import Tensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A midpoint method on the probability-flow ODE dx/dσ = (x - x₀)/σ, which DPM-Solver-2 inspired (Karras et al. 2022,
/// algorithm 2 without churn): Euler's method to the geometric mean of a step's noise levels, then the whole step with
/// the slope there. The ancestral variant steps further down and adds fresh noise back (k-diffusion's `sample_dpm_2`
/// and `sample_dpm_2_ancestral`). The last step, to a noise level of zero, is Euler's alone.
struct KDPM2Scheduler: Scheduler {
  /// From one noise level to the next.
  private struct Step {
    let from, middle, down, up: Double

    /// In single precision as the reference computes it, where a large step leaves few digits of `down`.
    init(from: Float, to: Float, ancestral: Bool) {
      let up = ancestral ? (to * to * (from * from - to * to) / (from * from)).squareRoot() : 0
      let down = (to * to - up * up).squareRoot()
      let logarithm = (Float(log(Double(from))) + Float(log(Double(down)))) / 2
      middle = Double(Float(exp(Double(logarithm))))
      (self.from, self.down, self.up) = (Double(from), Double(down), Double(up))
    }
  }

  let timesteps: [Double]
  let order = 2
  let initNoiseSigma: Double

  /// Two of ``timesteps`` each, one the last.
  private let steps: [Step]
  private let prediction: PredictionType
  private let ancestral: Bool
  /// Where the current step began.
  private var start: Tensor?

  init(_ configuration: SchedulerConfiguration, steps: Int, ancestral: Bool) throws(CheckpointError) {
    self.ancestral = ancestral
    let schedule = try configuration.noiseSchedule(zeroTerminalSNR: false, start: 0.00085, end: 0.012)
    prediction = try configuration.predictionType(unsupported: [.sample])
    let spacing = try configuration.sigmaSpacing()
    let levels = try UnscaledLevels(
      configuration, steps: steps, schedule: schedule, spacing: spacing,
      rounded: { spacing == .karras ? $0.rounded(.toNearestOrEven) : $0 })
    initNoiseSigma = levels.initNoiseSigma
    let own = zip(levels.sigmas, levels.sigmas.dropFirst()).map {
      Step(from: Float($0), to: Float($1), ancestral: ancestral)
    }
    self.steps = own
    let table = SigmaSchedule(schedule)
    timesteps =
      levels.timesteps.prefix(1)
      + zip(own, levels.timesteps.dropFirst()).flatMap { [table.timestep(at: $0.middle), $1] }
  }

  func shares(at index: Int) -> (signal: Double, noise: Double) { (1, sigma(at: index)) }

  func scaleModelInput(_ sample: Tensor, at index: Int) -> Tensor {
    .linearCombination([(UnscaledLevels.alpha(sigma(at: index)), sample)])
  }

  /// Where the model is evaluated.
  private func sigma(at index: Int) -> Double {
    index.isMultiple(of: 2) ? steps[index / 2].from : steps[index / 2].middle
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let step = steps[index / 2]
    let slope = UnscaledLevels.slope(prediction, sigma(at: index))
    guard let start else {
      // At the end there is no middle: the geometric mean with zero is zero.
      if index + 1 < timesteps.count { self.start = sample }
      let length = step.middle - step.from
      return .linearCombination([(1 + length * slope.sample, sample), (length * slope.output, modelOutput)])
    }
    self.start = nil
    let length = step.down - step.from
    var terms = [(1.0, start), (length * slope.sample, sample), (length * slope.output, modelOutput)]
    if ancestral { terms.append((step.up, .noise(sample.shape, from: &generator))) }
    return .linearCombination(terms)
  }
}
