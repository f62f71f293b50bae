import Checkpoints
import Foundation
import SamplerNames

/// A checkpoint's `scheduler_config.json`: decides which scheduler runs and how.
struct SchedulerConfiguration: Sendable {
  /// The scheduler classes of diffusers that exist here.
  enum Class: String, CaseIterable {
    case ddim = "DDIMScheduler"
    case pndm = "PNDMScheduler"
    case euler = "EulerDiscreteScheduler"
    case eulerAncestral = "EulerAncestralDiscreteScheduler"
    case dpmSolver = "DPMSolverMultistepScheduler"
    case dpmSolverSinglestep = "DPMSolverSinglestepScheduler"
    case dpmSolverSDE = "DPMSolverSDEScheduler"
    case heun = "HeunDiscreteScheduler"
    case lms = "LMSDiscreteScheduler"
    case kdpm2 = "KDPM2DiscreteScheduler"
    case kdpm2Ancestral = "KDPM2AncestralDiscreteScheduler"
    case unipc = "UniPCMultistepScheduler"
    case deis = "DEISMultistepScheduler"
    case ddpm = "DDPMScheduler"
    case lcm = "LCMScheduler"
    case tcd = "TCDScheduler"

    /// Whether its steps draw as much noise as they are asked to, see ``SamplingOptions/eta``.
    var takesEta: Bool { self == .ddim || self == .tcd }
  }

  let file: String
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
  /// and has its own defaults for the others. A kind decides how noise levels are spaced; only
  /// `euler`, whose name is older than other spacings, leaves that to the file.
  func inPipeline(_ kind: SchedulerKind?) -> SchedulerConfiguration {
    var result = self
    let own = kind == nil || kind?.schedulerClass.rawValue == fields.className
    pipeline.correct(&result.fields, onlyStated: !own)
    guard let kind else { return result }
    result.fields.className = kind.schedulerClass.rawValue
    if let algorithm = kind.method.algorithm { result.fields.algorithmType = algorithm }
    if kind.spacing != nil || kind.method.takesSigmaSpacing && kind.method != .euler {
      result.fields.useKarrasSigmas = kind.spacing == .karras
      result.fields.useExponentialSigmas = kind.spacing == .exponential
      result.fields.useBetaSigmas = kind.spacing == .beta
      result.fields.useLuLambdas = false
    }
    return result
  }

  /// A scheduler at the start of a trajectory of `steps` steps.
  /// - Parameter eta: see ``SamplingOptions/eta``
  /// - Throws: ``PipelineError/badSteps(_:reason:)`` when the scheduler can't take that many or few,
  ///   ``PipelineError/badEta(_:reason:)``,
  ///   ``PipelineError/checkpoint(_:)`` when the file asks for something that isn't supported.
  func scheduler(steps: Int, eta: Double = 0) throws(PipelineError) -> any Scheduler {
    let trainTimesteps = fields.trainTimesteps ?? 1000
    guard steps >= 1 else { throw .badSteps(steps, reason: "at least 1 is needed") }
    guard steps <= trainTimesteps else {
      throw .badSteps(steps, reason: "the model knows \(trainTimesteps) timesteps")
    }
    let known = Class(rawValue: fields.className)
    let minimum = PNDMScheduler.minimumRungeKuttaSteps
    guard known != .pndm || fields.skipPRKSteps == true || steps >= minimum else {
      throw .badSteps(steps, reason: "PNDM without skip_prk_steps needs at least \(minimum)")
    }
    let original = fields.originalInferenceSteps ?? DistilledTimesteps.originalSteps
    guard known != .lcm && known != .tcd || steps <= original else {
      throw .badSteps(steps, reason: "the scheduler's original_inference_steps are \(original)")
    }
    guard (0...1).contains(eta) else { throw .badEta(eta, reason: "it must be from 0 to 1") }
    guard eta == 0 || known == nil || known?.takesEta == true else {
      throw .badEta(eta, reason: "\(fields.className) takes none; DDIM and TCD do")
    }
    let scheduler: any Scheduler
    do throws(CheckpointError) {
      scheduler = try makeScheduler(steps: steps, eta: eta)
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
    _ = try makeScheduler(steps: PNDMScheduler.minimumRungeKuttaSteps, eta: 0)
  }

  private func makeScheduler(steps: Int, eta: Double) throws(CheckpointError) -> any Scheduler {
    switch Class(rawValue: fields.className) {
    case .ddim: try DDIMScheduler(self, steps: steps, eta: eta)
    case .pndm: try PNDMScheduler(self, steps: steps)
    case .euler: try EulerScheduler(self, steps: steps, ancestral: false)
    case .eulerAncestral: try EulerScheduler(self, steps: steps, ancestral: true)
    case .dpmSolver: try DPMSolverMultistepScheduler(self, steps: steps)
    case .dpmSolverSinglestep: try DPMSolverSinglestepScheduler(self, steps: steps)
    case .dpmSolverSDE: try DPMSolverSDEScheduler(self, steps: steps)
    case .heun: try HeunScheduler(self, steps: steps)
    case .lms: try LMSScheduler(self, steps: steps)
    case .kdpm2: try KDPM2Scheduler(self, steps: steps, ancestral: false)
    case .kdpm2Ancestral: try KDPM2Scheduler(self, steps: steps, ancestral: true)
    case .unipc: try UniPCScheduler(self, steps: steps)
    case .deis: try DEISScheduler(self, steps: steps)
    case .ddpm: try DDPMScheduler(self, steps: steps)
    case .lcm: try LCMScheduler(self, steps: steps)
    case .tcd: try TCDScheduler(self, steps: steps, eta: eta)
    case nil: throw unsupported("_class_name", fields.className, supported: Class.allCases.map(\.rawValue))
    }
  }
}
