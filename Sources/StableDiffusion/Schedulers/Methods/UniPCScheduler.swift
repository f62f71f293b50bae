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

/// UniPC (Zhao et al. 2023): a multistep predictor of order 1, 2 or 3 in λ = log(α/σ), whose steps are corrected, one
/// order higher, once the model has been evaluated at their ends. Both are linear in the model's x₀ or ε.
struct UniPCScheduler: ScaledScheduler {
  /// The paper's B(h), with h the step's length as the exponent of the linear part has it.
  enum Weighting: String, CaseIterable {
    /// h
    case bh1
    /// eʰ - 1
    case bh2
  }

  let levels: ScaledLevels
  private let prediction: PredictionType
  private let limit: OriginalLimit
  private let algorithm: DPMSolverAlgorithm
  private let weighting: Weighting
  /// The order of each step, where the model was evaluated often enough before it.
  private let orders: [Int]
  /// Steps that are not corrected.
  private let uncorrected: Set<Int>
  /// The model's x₀ or ε at the last steps, newest first.
  private var history: [Tensor] = []
  /// Where the last step began, and its order.
  private var last: (start: Tensor, order: Int)?

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    let fields = configuration.fields
    try configuration.requireNoFlow()
    let schedule = try configuration.noiseSchedule()
    prediction = try configuration.predictionType()
    algorithm = fields.predictX0 ?? true ? .data : .noise
    limit = algorithm.predictsData ? configuration.thresholding : .none
    weighting = try configuration.uniPCWeighting()
    uncorrected = Set(fields.disableCorrector ?? [])
    let order = fields.solverOrder ?? 2
    let lowersFinal = fields.lowerOrderFinal ?? true
    let final = try configuration.finalSigmas()
    guard final != .zero || algorithm.predictsData else {
      throw configuration.unsupported(
        "final_sigmas_type", "zero with predict_x0 false", supported: [SigmaSchedule.Final.sigmaMin.rawValue])
    }
    guard final != .zero || lowersFinal || order == 1 else {
      throw configuration.unsupported(
        "final_sigmas_type", "zero with lower_order_final false",
        supported: [SigmaSchedule.Final.sigmaMin.rawValue])
    }
    levels = ScaledLevels(
      configuration, steps: steps, schedule: schedule, spacing: try configuration.sigmaSpacing(),
      timestepSpacing: try configuration.timestepSpacing(default: .linspace), final: final,
      repeatsLast: true)
    orders = levels.timesteps.indices.map { [count = levels.timesteps.count] index in
      min(order, lowersFinal ? count - index : order)
    }
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let model = limit.model(
      algorithm.predictsData, prediction, at: levels[index], output: modelOutput, sample: sample)
    var sample = sample
    if let last, !uncorrected.contains(index - 1) {
      sample = stepped(from: last.start, at: index - 1, order: last.order, correctingWith: model)
    }
    history = Array(([model] + history).prefix(3))
    let order = min(orders[index], history.count)
    last = (sample, order)
    return stepped(from: sample, at: index, order: order)
  }

  /// The sample after step `index`.
  ///
  /// - Parameters:
  ///   - start: the sample before it
  ///   - end: the model's x₀ or ε after it, where that is known; else the step is a prediction
  private func stepped(
    from start: Tensor, at index: Int, order: Int, correctingWith end: Tensor? = nil
  ) -> Tensor {
    let (from, to) = (levels[index], levels[index + 1])
    let update = DPMSolverUpdate(algorithm, from: from, to: to)
    let length = to.lambda - from.lambda
    // Where the model is known beside the beginning, in units of the step: before it, and perhaps at its end.
    var places = levels.places(order - 1, before: index)
    var models = Array(history.dropFirst().prefix(order - 1))
    if let end {
      places.append(1)
      models.append(end)
    }
    let scale = algorithm.predictsData ? to.alpha : to.sigma
    let weights = weights(places, exponent: algorithm.predictsData ? -length : length)
    let shares = zip(weights, places).map { -scale * $0 / $1 }
    return .linearCombination(
      [(update.sample, start), (update.constant - shares.reduce(0, +), history[0])] + zip(shares, models))
  }

  /// B(h) times the weights ρ of the model's changes to `places`: those that make the step exact for polynomials
  /// (the paper's eq. 9), and a half where there is one place only.
  private func weights(_ places: [Double], exponent: Double) -> [Double] {
    guard !places.isEmpty else { return [] }
    let weight = weighting == .bh1 ? exponent : expm1(exponent)
    guard places.count > 1 else { return [weight / 2] }
    // h φₖ₊₁(h) k! for k = 1, 2, …
    var moments: [Double] = []
    var (phi, factorial) = (expm1(exponent) / exponent - 1, 1.0)
    for power in 1...places.count {
      moments.append(phi * factorial)
      factorial *= Double(power + 1)
      phi = phi / exponent - 1 / factorial
    }
    return Self.vandermondeSolution(places, moments)
  }

  /// The x of Σᵢ xᵢ placesᵢᵏ = momentsₖ for k = 0, 1, … (Björck and Pereyra 1970, the dual system).
  private static func vandermondeSolution(_ places: [Double], _ moments: [Double]) -> [Double] {
    var x = moments
    let count = places.count
    for k in 0..<(count - 1) {
      for i in stride(from: count - 1, to: k, by: -1) { x[i] -= places[k] * x[i - 1] }
    }
    for k in stride(from: count - 2, through: 0, by: -1) {
      for i in (k + 1)..<count { x[i] /= places[i] - places[i - k - 1] }
      for i in k..<(count - 1) { x[i] -= x[i + 1] }
    }
    return x
  }
}
