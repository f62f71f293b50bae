/// A sampler of ComfyUI and how its noise levels lie, by the names in its `comfy/samplers.py`.
///
/// A pair stands for the same method here, not for the same picture.
package struct ComfyUISampler: Hashable, Sendable {
  package let sampler: String
  package let schedule: String

  package init(sampler: String, schedule: String) {
    self.sampler = sampler
    self.schedule = schedule
  }

  // Its `deis` is none of them: what the model says is a polynomial there in the time of a diffusion, in diffusers' class
  // in the logarithm of the noise level, and so between the same levels it makes other steps.
  private static let methods: [SamplingMethod: String] = [
    .euler: "euler", .eulerAncestral: "euler_ancestral", .heun: "heun", .lms: "lms", .kdpm2: "dpm_2",
    .kdpm2Ancestral: "dpm_2_ancestral", .dpmSolver: "dpmpp_2m",
    .dpmSolverSDE: "dpmpp_sde",
  ]

  /// Nil where ComfyUI has no such sampler.
  init?(_ kind: SchedulerKind) {
    if kind.method == .ddim {
      self.init(sampler: "ddim", schedule: "ddim_uniform")
    } else if let sampler = Self.methods[kind.method] {
      self.init(sampler: sampler, schedule: kind.spacing?.rawValue ?? "normal")
    } else {
      return nil
    }
  }
}

extension SchedulerKind {
  /// Nil where ComfyUI has no such sampler.
  package var comfyUISampler: ComfyUISampler? { ComfyUISampler(self) }

  /// Nil for a pair that has no name here.
  package init?(comfyUI pair: ComfyUISampler) {
    guard let kind = Self.allCases.first(where: { $0.comfyUISampler == pair }) else { return nil }
    self = kind
  }
}
