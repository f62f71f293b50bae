import Checkpoints
import Foundation

/// A checkpoint's `scheduler_config.json`: decides which scheduler runs and how.
struct SchedulerConfiguration: Sendable {
  /// The scheduler classes of diffusers that exist here.
  enum Class: String, CaseIterable {
    case ddim = "DDIMScheduler"
    case pndm = "PNDMScheduler"
    case euler = "EulerDiscreteScheduler"
    case eulerAncestral = "EulerAncestralDiscreteScheduler"
    case dpmSolver = "DPMSolverMultistepScheduler"
  }

  private let file: String
  private let pipeline: PipelineClass
  var fields: SchedulerFields

  /// Reads `scheduler_config.json` of a `scheduler` folder.
  /// - Throws: ``CheckpointError`` when the file is missing or malformed.
  init(_ files: any ModelFiles, of pipeline: PipelineClass) throws(CheckpointError) {
    self.pipeline = pipeline
    let name = "scheduler_config.json"
    file = files.path(of: name)
    fields = try SchedulerFields(files.fields(of: name))
  }

  /// The configuration that the pipeline ends up with. Another class than the checkpoint's own takes
  /// over the fields that the file states, as `from_config(pipe.scheduler.config)` does,
  /// and has its own defaults for the others.
  func inPipeline(_ kind: SchedulerKind?) -> SchedulerConfiguration {
    var result = self
    let own = kind == nil || kind?.schedulerClass.rawValue == fields.className
    pipeline.correct(&result.fields, onlyStated: !own)
    guard let kind else { return result }
    result.fields.className = kind.schedulerClass.rawValue
    if kind == .dpmSolver || kind == .dpmSolverKarras {
      result.fields.algorithmType = DPMSolverMultistepScheduler.Algorithm.data.rawValue
      result.fields.useKarrasSigmas = kind == .dpmSolverKarras
      result.fields.useExponentialSigmas = false
      result.fields.useBetaSigmas = false
      result.fields.useLuLambdas = false
    }
    return result
  }

  /// A scheduler at the start of a trajectory of `steps` steps.
  /// - Throws: ``PipelineError/badSteps(_:reason:)`` when the scheduler can't take that many or few,
  ///   ``PipelineError/checkpoint(_:)`` when the file asks for something that isn't supported.
  func scheduler(steps: Int) throws(PipelineError) -> any Scheduler {
    let trainTimesteps = fields.trainTimesteps ?? 1000
    guard steps >= 1 else { throw .badSteps(steps, reason: "at least 1 is needed") }
    guard steps <= trainTimesteps else {
      throw .badSteps(steps, reason: "the model knows \(trainTimesteps) timesteps")
    }
    let minimum = PNDMScheduler.minimumRungeKuttaSteps
    guard fields.className != Class.pndm.rawValue || fields.skipPRKSteps == true || steps >= minimum else {
      throw .badSteps(steps, reason: "PNDM without skip_prk_steps needs at least \(minimum)")
    }
    let scheduler: any Scheduler
    do throws(CheckpointError) {
      scheduler = try makeScheduler(steps: steps)
    } catch {
      throw .checkpoint(error)
    }
    guard scheduler.timesteps.allSatisfy({ 0..<Double(trainTimesteps) ~= $0 }) else {
      throw .badSteps(steps, reason: "they reach beyond the model's \(trainTimesteps) timesteps")
    }
    return scheduler
  }

  /// Fails when the file asks for something that isn't supported, whatever the number of steps.
  func requireSupported() throws(CheckpointError) {
    _ = try makeScheduler(steps: PNDMScheduler.minimumRungeKuttaSteps)
  }

  private func makeScheduler(steps: Int) throws(CheckpointError) -> any Scheduler {
    switch Class(rawValue: fields.className) {
    case .ddim: try DDIMScheduler(self, steps: steps)
    case .pndm: try PNDMScheduler(self, steps: steps)
    case .euler: try EulerScheduler(self, steps: steps, ancestral: false)
    case .eulerAncestral: try EulerScheduler(self, steps: steps, ancestral: true)
    case .dpmSolver: try DPMSolverMultistepScheduler(self, steps: steps)
    case nil: throw unsupported("_class_name", fields.className, supported: Class.allCases.map(\.rawValue))
    }
  }
}

extension SchedulerKind {
  var schedulerClass: SchedulerConfiguration.Class {
    switch self {
    case .ddim: .ddim
    case .pndm: .pndm
    case .euler: .euler
    case .eulerAncestral: .eulerAncestral
    case .dpmSolver, .dpmSolverKarras: .dpmSolver
    }
  }
}

/// The fields as the schedulers understand them; each names the file, the field and
/// what is supported when it can't be understood.
extension SchedulerConfiguration {
  func noiseSchedule(zeroTerminalSNR: Bool? = nil) throws(CheckpointError) -> NoiseSchedule {
    let zeroTerminalSNR = zeroTerminalSNR ?? fields.rescaleBetasZeroSNR ?? false
    let count = fields.trainTimesteps ?? 1000
    if let betas = fields.trainedBetas {
      guard betas.count == count else {
        throw unsupported("trained_betas", "\(betas.count) values", supported: ["\(count), one a timestep"])
      }
      return NoiseSchedule(betas: betas.map(Float.init), zeroTerminalSNR: zeroTerminalSNR)
    }
    return NoiseSchedule(
      try choice("beta_schedule", fields.betaSchedule, default: .linear), count: count,
      start: fields.betaStart ?? 0.0001, end: fields.betaEnd ?? 0.02, zeroTerminalSNR: zeroTerminalSNR)
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

  /// - Parameter lu: whether the class knows `use_lu_lambdas`, which is the exponential
  ///   spacing under another name.
  func sigmaSpacing(lu: Bool = false) throws(CheckpointError) -> SigmaSchedule.Spacing {
    guard fields.useBetaSigmas != true else {
      throw unsupported("use_beta_sigmas", "true", supported: ["false"])
    }
    guard fields.useKarrasSigmas != true || fields.useExponentialSigmas != true else {
      throw unsupported(
        "use_exponential_sigmas", "true together with use_karras_sigmas", supported: ["only one of them"])
    }
    if fields.useKarrasSigmas == true { return .karras }
    if fields.useExponentialSigmas == true || lu && fields.useLuLambdas == true { return .exponential }
    return .timesteps
  }

  func dpmAlgorithm() throws(CheckpointError) -> DPMSolverMultistepScheduler.Algorithm {
    // Configurations of DEIS can be taken over; diffusers reads them so.
    let name = fields.algorithmType == "deis" ? nil : fields.algorithmType
    return try choice("algorithm_type", name, default: .data)
  }

  func dpmSecondOrder() throws(CheckpointError) -> DPMSolverMultistepScheduler.SecondOrder {
    // Configurations of DEIS and UniPC can be taken over; diffusers reads them so.
    let foreign = ["logrho", "bh1", "bh2"]
    let name = fields.solverType.flatMap { foreign.contains($0) ? nil : $0 }
    return try choice("solver_type", name, default: .midpoint)
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
