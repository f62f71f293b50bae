/// A sampler of SD.Next by its name in `modules/sd_samplers_diffusers.py`, and how its noise levels lie by the option
/// `schedulers_sigma` (vladmandic/sdnext at 046840c).
///
/// A pair stands for the same class of diffusers as here, with SD.Next's own defaults for its arguments: not for the same
/// picture.
public struct SDNextSampler: Hashable, Sendable {
  public let sampler: String
  public let sigma: String

  public init(sampler: String, sigma: String) {
    self.sampler = sampler
    self.sigma = sigma
  }

  /// Levels that no spacing is named for.
  public static let usualSigma = "default"

  private static let methods: [SamplingMethod: String] = [
    .ddim: "DDIM", .pndm: "PNDM", .euler: "Euler", .eulerAncestral: "Euler a", .dpmSolver: "DPM++ 2M",
    .sdeDPMSolver: "DPM++ 2M SDE", .dpmSolverSinglestep: "DPM++ 1S", .dpmSolverSDE: "DPM SDE", .heun: "Heun",
    .lms: "LMSD", .kdpm2: "KDPM2", .kdpm2Ancestral: "KDPM2 a", .unipc: "UniPC", .ddpm: "DDPM", .lcm: "LCM",
    .tcd: "TCD",
  ]

  /// Nil where SD.Next has no such sampler.
  init?(_ kind: SchedulerKind) {
    guard let sampler = Self.methods[kind.method] else { return nil }
    let sigma =
      switch kind.spacing {
      case nil: Self.usualSigma
      case .karras: "karras"
      case .exponential: "exponential"
      case .beta: "betas"
      }
    self.init(sampler: sampler, sigma: sigma)
  }
}

extension SchedulerKind {
  /// Nil where SD.Next has no such sampler.
  public var sdNextSampler: SDNextSampler? { SDNextSampler(self) }

  /// Nil for a pair that has no name here.
  public init?(sdNext pair: SDNextSampler) {
    guard let kind = Self.allCases.first(where: { $0.sdNextSampler == pair }) else { return nil }
    self = kind
  }
}
