import Checkpoints
import SamplerNames
import Tensors

/// The multistep DPM-Solver (Lu et al. 2022a) and DPM-Solver++ (Lu et al. 2022b) of order
/// 1, 2 or 3 and their SDE variants: exact in the linear part of the diffusion ODE,
/// a Taylor expansion in λ = log(α/σ) of the model's x₀ (++) or ε for the rest.
struct DPMSolverMultistepScheduler: ScaledScheduler {
  let levels: ScaledLevels
  private let prediction: PredictionType
  private let limit: OriginalLimit
  private let algorithm: DPMSolverAlgorithm
  private let secondOrder: DPMSolverType
  /// The order of each step, where the model was evaluated often enough before it.
  private let orders: [Int]
  /// The model's x₀ or ε at the last steps, newest last.
  private var history: [Tensor] = []

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    let fields = configuration.fields
    try configuration.requireNoFlow()
    try configuration.requireFixedVariance()
    let schedule = try configuration.noiseSchedule()
    prediction = try configuration.predictionType()
    limit = configuration.thresholding
    algorithm = try configuration.dpmAlgorithm()
    secondOrder = try configuration.dpmSolverType()
    let order = fields.solverOrder ?? 2
    guard 1...3 ~= order, order < 3 || !algorithm.isStochastic else {
      throw configuration.unsupported(
        "solver_order", "\(order)", supported: algorithm.isStochastic ? ["1", "2"] : ["1", "2", "3"])
    }
    let final = try configuration.finalSigmas(of: algorithm)
    let spacing = try configuration.sigmaSpacing(lu: true)
    let rounds =
      (spacing == .karras || fields.useLuLambdas ?? false) && fields.betaSchedule != "squaredcos_cap_v2"
    levels = ScaledLevels(
      fields.useLuLambdas ?? false ? configuration.withoutSigmaRange : configuration, steps: steps,
      schedule: schedule, spacing: spacing,
      timestepSpacing: try configuration.timestepSpacing(default: .linspace),
      clippingAt: fields.lambdaMinClipped, rounds: rounds, final: final)
    orders = levels.orders(
      upTo: order, lowersFinal: fields.lowerOrderFinal ?? true,
      endsWithEuler: fields.eulerAtFinal ?? false || final == .zero)
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let (from, to) = (levels[index], levels[index + 1])
    let model = limit.model(
      algorithm.predictsData, prediction, at: from, output: modelOutput, sample: sample)
    history = history.suffix(2) + [model]

    let step = to.lambda - from.lambda
    let update = DPMSolverUpdate(algorithm, from: from, to: to)
    var terms = [(update.sample, sample)]
    switch min(orders[index], history.count) {
    case 1:
      terms.append((update.constant, model))
    case 2:
      let ratio = (from.lambda - levels[index - 1].lambda) / step
      let linear = secondOrder == .midpoint ? update.constant / 2 : update.linear
      terms += [(update.constant + linear / ratio, model), (-linear / ratio, history[history.count - 2])]
    default:
      let (one, two) = (levels[index - 1], levels[index - 2])
      let (r0, r1) = ((from.lambda - one.lambda) / step, (one.lambda - two.lambda) / step)
      // First differences d0, d1 of the history; the second difference is (d0 - d1)/(r0 + r1).
      let second = (update.linear * r0 + update.quadratic) / (r0 + r1)
      let (d0, d1) = (update.linear + second, -second)
      terms += [
        (update.constant + d0 / r0, history[2]), (d1 / r1 - d0 / r0, history[1]), (-d1 / r1, history[0]),
      ]
    }
    if algorithm.isStochastic { terms.append((update.noise, .noise(sample.shape, from: &generator))) }
    return .linearCombination(terms)
  }
}
