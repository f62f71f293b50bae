import Checkpoints
import SamplerNames

/// The fields as the schedulers understand them; each names the file, the field and
/// what is supported when it can't be understood.
extension SchedulerConfiguration {
  /// - Parameters:
  ///   - zeroTerminalSNR: nil where the class has the field
  ///   - start: the class's `beta_start` by default
  ///   - end: the class's `beta_end` by default
  ///   - betas: the class's `beta_schedule` by default
  ///   - own: what `beta_schedule` may be beside what all classes have
  func noiseSchedule(
    zeroTerminalSNR: Bool? = nil, start: Double = 0.0001, end: Double = 0.02,
    betas: NoiseSchedule.Betas = .linear, also own: [NoiseSchedule.Betas] = []
  ) throws(CheckpointError) -> NoiseSchedule {
    let zeroTerminalSNR = zeroTerminalSNR ?? fields.rescaleBetasZeroSNR ?? false
    let count = fields.trainTimesteps ?? 1000
    if let betas = fields.trainedBetas {
      guard betas.count == count else {
        throw unsupported("trained_betas", "\(betas.count) values", supported: ["\(count), one a timestep"])
      }
      return NoiseSchedule(betas: betas.map(Float.init), zeroTerminalSNR: zeroTerminalSNR)
    }
    let others: [NoiseSchedule.Betas] = [.exponential, .laplace, .sigmoid].filter { !own.contains($0) }
    return NoiseSchedule(
      try choice("beta_schedule", fields.betaSchedule, default: betas, except: others), count: count,
      start: fields.betaStart ?? start, end: fields.betaEnd ?? end, zeroTerminalSNR: zeroTerminalSNR)
  }

  func predictionType(unsupported: [PredictionType] = []) throws(CheckpointError) -> PredictionType {
    try choice("prediction_type", fields.predictionType, default: .epsilon, except: unsupported)
  }

  func timestepSpacing(default spacing: TimestepSpacing) throws(CheckpointError) -> TimestepSpacing {
    try choice("timestep_spacing", fields.timestepSpacing, default: spacing)
  }

  func finalSigmas() throws(CheckpointError) -> SigmaSchedule.Final {
    try choice("final_sigmas_type", fields.finalSigmasType, default: .zero)
  }

  /// What follows the last step; an algorithm that divides by that noise level cannot end at zero.
  func finalSigmas(of algorithm: DPMSolverAlgorithm) throws(CheckpointError) -> SigmaSchedule.Final {
    let final = try finalSigmas()
    guard algorithm.predictsData || final == .sigmaMin else {
      throw unsupported(
        "final_sigmas_type", "\(final.rawValue) with algorithm_type \(algorithm.rawValue)",
        supported: [SigmaSchedule.Final.sigmaMin.rawValue])
    }
    return final
  }

  /// Nil for the noise levels of the timesteps.
  /// - Parameter lu: whether the class knows `use_lu_lambdas`, which is the exponential
  ///   spacing under another name.
  func sigmaSpacing(lu: Bool = false) throws(CheckpointError) -> SigmaSpacing? {
    let asked: [(field: String, value: Bool?, spacing: SigmaSpacing)] = [
      ("use_karras_sigmas", fields.useKarrasSigmas, .karras),
      ("use_exponential_sigmas", fields.useExponentialSigmas, .exponential),
      ("use_beta_sigmas", fields.useBetaSigmas, .beta),
    ].filter { $0.value == true }
    guard asked.count <= 1 else {
      throw unsupported(
        asked[1].field, "true together with \(asked[0].field)", supported: ["only one of them"])
    }
    if lu, fields.useLuLambdas == true, asked.first?.spacing != .karras { return .exponential }
    return asked.first?.spacing
  }

  /// The same, without a range of noise levels: what some spacings of some classes do not take.
  var withoutSigmaRange: SchedulerConfiguration {
    var configuration = self
    (configuration.fields.sigmaMin, configuration.fields.sigmaMax) = (nil, nil)
    return configuration
  }

  /// What is done to a predicted x₀, in a class that knows `thresholding` and `clip_sample`.
  func limit(clipsByDefault: Bool) -> OriginalLimit {
    thresholding == .none ? clipping(byDefault: clipsByDefault) : thresholding
  }

  /// The same in a class that knows `clip_sample` only.
  func clipping(byDefault isDefault: Bool) -> OriginalLimit {
    fields.clipSample ?? isDefault ? .clip(range: fields.clipSampleRange ?? 1) : .none
  }

  /// The same in a class that knows `thresholding` only.
  var thresholding: OriginalLimit {
    guard fields.thresholding == true else { return .none }
    return .threshold(
      ratio: fields.dynamicThresholdingRatio ?? 0.995, maximum: fields.sampleMaxValue ?? 1)
  }

  func dpmAlgorithm(except: [DPMSolverAlgorithm] = []) throws(CheckpointError) -> DPMSolverAlgorithm {
    // Configurations of DEIS can be taken over; diffusers reads them so.
    let name = Self.own(fields.algorithmType, besides: [DEISScheduler.algorithm])
    return try choice("algorithm_type", name, default: .data, except: except)
  }

  func dpmSolverType() throws(CheckpointError) -> DPMSolverType {
    // Configurations of DEIS and UniPC can be taken over; diffusers reads them so.
    try choice(
      "solver_type", Self.own(fields.solverType, besides: ["logrho", "bh1", "bh2"]), default: .midpoint)
  }

  func uniPCWeighting() throws(CheckpointError) -> UniPCScheduler.Weighting {
    // Configurations of DEIS and DPM-Solver can be taken over; diffusers reads them so.
    try choice(
      "solver_type", Self.own(fields.solverType, besides: ["logrho", "midpoint", "heun"]), default: .bh2)
  }

  /// Fails where another algorithm or solver than the only ones of DEIS is asked for.
  func requireDEIS() throws(CheckpointError) {
    // Configurations of DPM-Solver and UniPC can be taken over; diffusers reads them so.
    let algorithm = Self.own(fields.algorithmType, besides: ["dpmsolver", "dpmsolver++"])
    try require(DEISScheduler.algorithm, "algorithm_type", algorithm)
    let solver = Self.own(fields.solverType, besides: ["midpoint", "heun", "bh1", "bh2"])
    try require(DEISScheduler.solver, "solver_type", solver)
  }

  /// A field's value, or nil where it is one that other classes leave there.
  private static func own(_ value: String?, besides foreign: Set<String>) -> String? {
    value.flatMap { foreign.contains($0) ? nil : $0 }
  }

  func ddpmVariance() throws(CheckpointError) -> DDPMScheduler.Variance {
    try choice("variance_type", fields.varianceType, default: .small)
  }

  /// Fails where half of the model's output is to be a variance.
  func requireFixedVariance() throws(CheckpointError) { _ = try ddpmVariance() }

  /// Fails where the latents of a model of flows are asked for, which no method here samples.
  func requireNoFlow() throws(CheckpointError) {
    try requireFalse("use_flow_sigmas", fields.useFlowSigmas)
    try requireFalse("use_dynamic_shifting", fields.useDynamicShifting)
  }

  func requireFalse(_ field: String, _ value: Bool?) throws(CheckpointError) {
    if value == true { throw unsupported(field, "true", supported: ["false"]) }
  }

  func require(_ supported: String?, _ field: String, _ value: String?) throws(CheckpointError) {
    if let value, value != supported {
      throw unsupported(field, value, supported: [supported ?? "null"])
    }
  }

  func unsupported(_ field: String, _ value: String, supported: [String]) -> CheckpointError {
    .badConfiguration(
      path: file, field: field,
      reason: "is \(value), supported: \(supported.joined(separator: ", "))")
  }

  private func choice<T: RawRepresentable<String> & CaseIterable & Equatable>(
    _ field: String, _ value: String?, default fallback: T, except: [T] = []
  ) throws(CheckpointError) -> T {
    guard let value else { return fallback }
    guard let choice = T(rawValue: value), !except.contains(choice) else {
      let supported = T.allCases.filter { !except.contains($0) }.map(\.rawValue)
      throw unsupported(field, value, supported: supported)
    }
    return choice
  }
}
