import Checkpoints
import SamplerNames
import Tensors

/// DEIS (Zhang and Chen 2022, "Fast Sampling of Diffusion Models with Exponential Integrator") of order 1, 2 or 3, its
/// variant log ρ with ρ = σ/α: exact in the linear part of the diffusion ODE, where the model's ε is the polynomial in
/// log ρ through its last values.
struct DEISScheduler: ScaledScheduler {
  /// The class's only `algorithm_type`.
  static let algorithm = "deis"
  /// The class's only `solver_type`.
  static let solver = "logrho"

  let levels: ScaledLevels
  private let prediction: PredictionType
  private let limit: OriginalLimit
  /// The order of each step, where the model was evaluated often enough before it.
  private let orders: [Int]
  /// The model's ε at the last steps, newest first.
  private var history: [Tensor] = []

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    let fields = configuration.fields
    try configuration.requireNoFlow()
    try configuration.requireDEIS()
    let schedule = try configuration.noiseSchedule(zeroTerminalSNR: false)
    prediction = try configuration.predictionType()
    limit = configuration.thresholding
    levels = ScaledLevels(
      configuration, steps: steps, schedule: schedule, spacing: try configuration.sigmaSpacing(),
      timestepSpacing: try configuration.timestepSpacing(default: .linspace), final: .sigmaMin,
      repeatsLast: true)
    orders = levels.orders(upTo: fields.solverOrder ?? 2, lowersFinal: fields.lowerOrderFinal ?? true)
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let (from, to) = (levels[index], levels[index + 1])
    let model = limit.model(false, prediction, at: from, output: modelOutput, sample: sample)
    history = [model] + history.prefix(2)
    // A spacing's last level comes twice: no way is left to go.
    guard to.lambda != from.lambda else { return sample }
    let update = DPMSolverUpdate(.noise, from: from, to: to)
    let places = levels.places(min(orders[index], history.count) - 1, before: index)
    return .linearCombination([(update.sample, sample)] + zip(update.interpolating(places), history))
  }
}
