import Pictures
import SamplerNames
import TokenMerging
import Workflows

extension ComfyWorkflow {
  /// What the first pass of sampling is; nil where no node is known to sample.
  var facts: PictureFacts? {
    guard let sampler = firstSampler else { return nil }
    var facts = PictureFacts()
    facts.engine = EngineIdentity(name: "comfyui")
    let guider = link(sampler, "guider") ?? sampler
    let sigmas = link(sampler, "sigmas") ?? sampler
    facts.seed =
      seed(sampler, "seed") ?? seed(sampler, "noise_seed")
      ?? link(sampler, "noise").flatMap { seed($0, "noise_seed") }
    facts.steps = number(sigmas, "steps")
    facts.guidanceScale = value(guider, "cfg").flatMap(Self.double)
    facts.scheduler = schedulerName(sampler, sigmas: sigmas)
    facts.prompt =
      link(guider, "positive").flatMap { text($0) } ?? link(guider, "conditioning").flatMap { text($0) }
    facts.negativePrompt = link(guider, "negative").flatMap { text($0) }
    readModel(link(guider, "model") ?? link(sampler, "model"), into: &facts)
    facts.ratio = facts.ratio ?? 0
    return facts
  }

  /// Walks from the sampler to the checkpoint.
  private func readModel(_ start: String?, into facts: inout PictureFacts) {
    for node in modelChain(from: start) {
      switch kind(node) {
      case "TomePatchModel":
        facts.ratio = value(node, "ratio").flatMap(Self.double)
        facts.merging = MergingOptions(ratio: 0, variant: .comfyui)
      case let kind? where kind.hasPrefix("Lora"):
        if let name = value(node, "lora_name") as? String {
          let strength = value(node, "strength_model").flatMap(Self.double) ?? 1
          facts.settings["LoRA \(name)"] = "\(strength)"
        }
      default:
        for key in ["ckpt_name", "unet_name"] {
          if let name = value(node, key) as? String { facts.modelName = name }
        }
      }
    }
  }

  /// ComfyUI's sampler and schedule, by our name where there is one.
  private func schedulerName(_ sampler: String, sigmas: String) -> SchedulerName? {
    let chosen = link(sampler, "sampler") ?? sampler
    guard let name = value(chosen, "sampler_name") as? String else { return nil }
    let schedule = value(sigmas, "scheduler") as? String ?? "normal"
    let known = SchedulerKind(comfyUI: .init(sampler: name, schedule: schedule))
    return SchedulerName(rawValue: known?.rawValue ?? "\(name) \(schedule)")
  }

  private func text(_ start: String) -> String? {
    textPlaces(start).first.flatMap { value(at: $0) as? String }
  }

  private func seed(_ node: String, _ input: String) -> Seed? {
    value(node, input).flatMap { ($0 as? UInt64).map { Seed($0) } ?? ($0 as? String).flatMap { Seed($0) } }
  }

  private func number(_ node: String, _ input: String) -> Int? {
    value(node, input).flatMap { ($0 as? Int) ?? ($0 as? String).flatMap { Int($0) } }
  }

  private static func double(_ value: Any) -> Double? {
    (value as? Double) ?? (value as? Int).map(Double.init) ?? (value as? String).flatMap { Double($0) }
  }
}
