import Checkpoints
import Tensors

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The multistep DPM-Solver (Lu et al. 2022a) and DPM-Solver++ (Lu et al. 2022b) of order
/// 1, 2 or 3 and their SDE variants: exact in the linear part of the diffusion ODE,
/// a Taylor expansion in λ = log(α/σ) of the model's x₀ (++) or ε for the rest.
struct DPMSolverMultistepScheduler: Scheduler {
  enum Algorithm: String, CaseIterable {
    case data = "dpmsolver++"
    case noise = "dpmsolver"
    case stochasticData = "sde-dpmsolver++"
    case stochasticNoise = "sde-dpmsolver"

    var predictsData: Bool { self == .data || self == .stochasticData }
    var isStochastic: Bool { self == .stochasticData || self == .stochasticNoise }
  }

  enum SecondOrder: String, CaseIterable {
    case midpoint, heun
  }

  let timesteps: [Double]
  let initNoiseSigma = 1.0

  /// One more than ``timesteps``: the noise level after the last step comes last.
  private let sigmas: [Double]
  private let prediction: PredictionType
  private let algorithm: Algorithm
  private let secondOrder: SecondOrder
  /// The order of each step.
  private let orders: [Int]
  /// The model's x₀ or ε at the last steps, newest last.
  private var history: [Tensor] = []

  init(_ configuration: SchedulerConfiguration, steps: Int) throws(CheckpointError) {
    let fields = configuration.fields
    try configuration.requireFalse("thresholding", fields.thresholding)
    try configuration.requireFalse("use_flow_sigmas", fields.useFlowSigmas)
    try configuration.requireFalse("use_dynamic_shifting", fields.useDynamicShifting)
    try configuration.require(nil, "variance_type", fields.varianceType)
    let schedule = try configuration.noiseSchedule()
    let sigmaSchedule = SigmaSchedule(schedule)
    prediction = try configuration.predictionType()
    algorithm = try configuration.dpmAlgorithm()
    secondOrder = try configuration.dpmSecondOrder()
    let order = fields.solverOrder ?? 2
    guard 1...3 ~= order, order < 3 || !algorithm.isStochastic else {
      throw configuration.unsupported(
        "solver_order", "\(order)", supported: algorithm.isStochastic ? ["1", "2"] : ["1", "2", "3"])
    }
    let final = try configuration.finalSigmas()
    guard algorithm.predictsData || final == .sigmaMin else {
      throw configuration.unsupported(
        "final_sigmas_type", "\(final.rawValue) with algorithm_type \(algorithm.rawValue)",
        supported: ["sigma_min"])
    }

    let spacing = try configuration.sigmaSpacing(lu: true)
    let chosen: [Double]
    switch spacing {
    case .timesteps:
      // λ below the clip lies where the cosine schedule is numerically useless.
      let clipped = fields.lambdaMinClipped.map { clip in
        schedule.sigmas.count { -log(Double($0)) < clip }
      }
      timesteps = try configuration.timestepSpacing(default: .linspace)
        .timestepsBeforeEnd(
          steps, last: schedule.count - (clipped ?? 0), of: schedule.count, offset: fields.stepsOffset ?? 0
        )
        .map { $0.rounded(.toNearestOrEven) }
      chosen = timesteps.map(sigmaSchedule.sigma)
    case .karras, .exponential:
      let (first, last) = (sigmaSchedule.largest, sigmaSchedule.smallest)
      chosen =
        spacing == .karras
        ? SigmaSchedule.karras(from: first, to: last, steps)
        : SigmaSchedule.exponential(from: first, to: last, steps)
      let rounds =
        (spacing == .karras || fields.useLuLambdas ?? false) && fields.betaSchedule != "squaredcos_cap_v2"
      timesteps = chosen.map { sigma in
        sigmaSchedule.timestep(at: sigma).rounded(rounds ? .toNearestOrEven : .towardZero)
      }
    }
    sigmas = (chosen + [sigmaSchedule.last(final)]).map { Double(Float($0)) }

    let isShort = timesteps.count < 15
    let lowersFinal = fields.lowerOrderFinal ?? true
    let endsWithEuler = fields.eulerAtFinal ?? false || lowersFinal && isShort || final == .zero
    orders = timesteps.indices.map { [timesteps] index in
      switch timesteps.count - 1 - index {
      case 0 where endsWithEuler: 1
      case 1 where lowersFinal && isShort: min(order, index + 1, 2)
      default: min(order, index + 1)
      }
    }
  }

  mutating func step(
    _ modelOutput: Tensor, at index: Int, sample: Tensor, generator: inout TorchGenerator
  ) -> Tensor {
    let (from, to) = (NoiseLevel(sigmas[index]), NoiseLevel(sigmas[index + 1]))
    let converted =
      algorithm.predictsData
      ? prediction.original(alpha: from.alpha, sigma: from.sigma)
      : prediction.noise(alpha: from.alpha, sigma: from.sigma)
    let model = Tensor.linearCombination([(converted.sample, sample), (converted.output, modelOutput)])
    history = history.suffix(2) + [model]

    let step = to.lambda - from.lambda
    let update = Update(algorithm, from: from, to: to, step: step)
    var terms = [(update.sample, sample)]
    switch orders[index] {
    case 1:
      terms.append((update.constant, model))
    case 2:
      let ratio = (from.lambda - NoiseLevel(sigmas[index - 1]).lambda) / step
      let linear = secondOrder == .midpoint ? update.constant / 2 : update.linear
      terms += [(update.constant + linear / ratio, model), (-linear / ratio, history[history.count - 2])]
    default:
      let (one, two) = (NoiseLevel(sigmas[index - 1]), NoiseLevel(sigmas[index - 2]))
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

  /// A point of the trajectory where `x = α x₀ + σ ε`, `α² + σ² = 1`.
  private struct NoiseLevel {
    let alpha: Double
    let sigma: Double
    let lambda: Double

    /// - Parameter ratio: σ/α.
    init(_ ratio: Double) {
      alpha = 1 / (ratio * ratio + 1).squareRoot()
      sigma = ratio * alpha
      lambda = -log(ratio)
    }
  }

  /// The coefficients of one step of length h in λ: of the sample, of the constant, linear and
  /// quadratic term of the model's Taylor expansion (with differences in units of h), of fresh noise.
  private struct Update {
    let sample, constant, linear, quadratic, noise: Double

    init(_ algorithm: Algorithm, from: NoiseLevel, to: NoiseLevel, step h: Double) {
      if algorithm.predictsData {
        // The stochastic variant decays twice as fast and replaces what it loses by noise.
        let H = algorithm.isStochastic ? 2 * h : h
        let decayed = 1 - exp(-H)
        sample = to.sigma / from.sigma * (algorithm.isStochastic ? exp(-h) : 1)
        constant = to.alpha * decayed
        linear = to.alpha * (1 - decayed / H)
        quadratic = to.alpha * (0.5 - (H - decayed) / (H * H))
        noise = algorithm.isStochastic ? to.sigma * (1 - exp(-2 * h)).squareRoot() : 0
      } else {
        let growth = exp(h) - 1
        let factor = algorithm.isStochastic ? 2.0 : 1.0
        sample = to.alpha / from.alpha
        constant = -factor * to.sigma * growth
        linear = -factor * to.sigma * (growth / h - 1)
        quadratic = -to.sigma * ((growth - h) / (h * h) - 0.5)
        noise = algorithm.isStochastic ? to.sigma * (exp(2 * h) - 1).squareRoot() : 0
      }
    }
  }
}
