import Checkpoints
import SamplerNames
import Tensors

/// The singlestep DPM-Solver (Lu et al. 2022a) and DPM-Solver++ (Lu et al. 2022b) of order 1, 2 or 3: steps come in
/// groups, of which each goes from the group's beginning to its own end with all that the model said since. A step of
/// order k is the k-th of its group.
struct DPMSolverSinglestepScheduler: ScaledScheduler {
  let levels: ScaledLevels
  private let prediction: PredictionType
  private let limit: OriginalLimit
  private let algorithm: DPMSolverAlgorithm
  private let type: DPMSolverType
  private let orders: [Int]
  /// Where the current group began.
  private var start: Tensor?
  /// The model's x₀ or ε since then, oldest first.
  private var history: [Tensor] = []

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    let fields = configuration.fields
    try configuration.requireNoFlow()
    try configuration.requireFixedVariance()
    let schedule = try configuration.noiseSchedule(zeroTerminalSNR: false)
    prediction = try configuration.predictionType()
    limit = configuration.thresholding
    algorithm = try configuration.dpmAlgorithm(except: [.stochasticNoise])
    type = try configuration.dpmSolverType()
    // diffusers cannot: it looks for the noise level of a timestep that it is not told.
    if !algorithm.predictsData { try configuration.requireFalse("thresholding", fields.thresholding) }
    let order = fields.solverOrder ?? 2
    guard order < 3 || !algorithm.isStochastic else {
      throw configuration.unsupported("solver_order", "\(order)", supported: ["1", "2"])
    }
    let final = try configuration.finalSigmas(of: algorithm)
    levels = ScaledLevels(
      configuration, steps: steps, schedule: schedule, spacing: try configuration.sigmaSpacing(),
      timestepSpacing: .linspace, clippingAt: fields.lambdaMinClipped, final: final)
    orders = Self.orders(
      steps, upTo: order, lowersFinal: fields.lowerOrderFinal ?? false || final == .zero,
      endsWithEuler: final == .zero)
  }

  /// - Parameters:
  ///   - lowersFinal: whether the last group is left incomplete, so that the last step is of order 1 or 2; also done
  ///     where the steps are no whole number of groups
  ///   - endsWithEuler: whether the last step is of order 1 in any case
  private static func orders(
    _ steps: Int, upTo order: Int, lowersFinal: Bool, endsWithEuler: Bool
  ) -> [Int] {
    var orders = (0..<steps).map { $0 % order + 1 }
    if lowersFinal, order > 1, steps.isMultiple(of: order) { orders[steps - 1] = 1 }
    if endsWithEuler { orders[steps - 1] = 1 }
    return orders
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    // Who begins within a group has no more of it than this.
    let order = min(orders[index], history.count + 1)
    if order == 1 { (start, history) = (sample, []) }
    history.append(
      limit.model(
        algorithm.predictsData, prediction, at: levels[index], output: modelOutput, sample: sample
      ))
    // Levels since the group's beginning, and where the step ends.
    let group = ((index - order + 1)...(index + 1)).map { levels[$0] }
    let (from, to) = (group[0], group[order])
    let update = DPMSolverUpdate(algorithm, from: from, to: to)
    func part(_ level: NoiseLevel) -> Double { (level.lambda - from.lambda) / (to.lambda - from.lambda) }
    var terms = [(update.sample, start ?? sample)]
    switch order {
    case 1:
      terms.append((update.constant, history[0]))
    case 2:
      let linear = (type == .midpoint ? update.constant / 2 : update.linear) / part(group[1])
      terms += [(update.constant - linear, history[0]), (linear, history[1])]
    case 3 where type == .midpoint:
      let linear = update.linear / part(group[2])
      terms += [(update.constant - linear, history[0]), (linear, history[2])]
    default:
      terms += zip(update.interpolating([part(group[1]), part(group[2])]), history)
    }
    if algorithm.isStochastic { terms.append((update.noise, .noise(sample.shape, from: &generator))) }
    return .linearCombination(terms)
  }
}
