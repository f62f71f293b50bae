import SamplerNames

extension SchedulerKind {
  var schedulerClass: SchedulerConfiguration.Class {
    switch method {
    case .ddim: .ddim
    case .pndm: .pndm
    case .euler: .euler
    case .eulerAncestral: .eulerAncestral
    case .dpmSolver, .sdeDPMSolver: .dpmSolver
    case .dpmSolverSinglestep: .dpmSolverSinglestep
    case .dpmSolverSDE: .dpmSolverSDE
    case .heun: .heun
    case .lms: .lms
    case .kdpm2: .kdpm2
    case .kdpm2Ancestral: .kdpm2Ancestral
    case .unipc: .unipc
    case .deis: .deis
    case .ddpm: .ddpm
    case .lcm: .lcm
    case .tcd: .tcd
    }
  }
}

extension SamplingMethod {
  /// Its class's `algorithm_type`; nil where the class has no such field.
  var algorithm: String? {
    switch self {
    case .dpmSolver, .dpmSolverSinglestep: DPMSolverAlgorithm.data.rawValue
    case .sdeDPMSolver: DPMSolverAlgorithm.stochasticData.rawValue
    case .deis: DEISScheduler.algorithm
    default: nil
    }
  }
}

extension SchedulerConfiguration {
  /// The kind that a user would ask for to run what the checkpoint's own configuration runs; nil when none does
  /// exactly that.
  var kind: SchedulerKind? {
    let own = inPipeline(nil).decided
    return SchedulerKind.allCases.first { $0.namesCheckpoints && inPipeline($0).decided == own }
  }

  /// The fields, with what a kind decides written out where the class has it by default.
  private var decided: SchedulerFields {
    var fields = fields
    fields.algorithmType = algorithm ?? fields.algorithmType
    fields.useKarrasSigmas = fields.useKarrasSigmas ?? false
    fields.useExponentialSigmas = fields.useExponentialSigmas ?? false
    fields.useBetaSigmas = fields.useBetaSigmas ?? false
    fields.useLuLambdas = fields.useLuLambdas ?? false
    return fields
  }

  /// The algorithm that runs by `algorithm_type`, whatever foreign names stand there; nil where it is refused.
  private var algorithm: String? {
    guard fields.className == Class.deis.rawValue else { return (try? dpmAlgorithm())?.rawValue }
    do { try requireDEIS() } catch { return nil }
    return DEISScheduler.algorithm
  }
}

extension SchedulerKind {
  /// Whether a checkpoint's own scheduler goes by this name. A picture's key holds the name: configurations of the
  /// multistep DPM-Solver that had none before these kinds were there keep theirs.
  fileprivate var namesCheckpoints: Bool {
    schedulerClass != .dpmSolver || method == .dpmSolver && (spacing == nil || spacing == .karras)
  }
}
