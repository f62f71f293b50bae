import Foundation
import Pictures
import TokenMerging

/// A workflow of ComfyUI in its API's form, as its pictures carry it in the PNG text `prompt`: an object of nodes, each
/// with `class_type` and `inputs`, where an input is a value or `[node, output]`.
struct ComfyWorkflow {
  private let nodes: [String: [String: Any]]

  init?(_ text: String) {
    guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
      return nil
    }
    nodes = object.compactMapValues { $0 as? [String: Any] }
    guard nodes.values.contains(where: { $0["class_type"] is String }) else { return nil }
  }

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

  private static let samplers: Set<String> = [
    "KSampler", "KSamplerAdvanced", "SamplerCustom", "SamplerCustomAdvanced",
  ]

  /// The sampler that no other's latents lead to: a second pass samples what the first one made.
  private var firstSampler: String? {
    let all = nodes.keys.filter { kind($0).map(Self.samplers.contains) == true }.sorted {
      ($0.count, $0) < ($1.count, $1)
    }
    return all.first { sampler in
      !reaches(link(sampler, "latent_image") ?? "", from: Set(all).subtracting([sampler]))
    } ?? all.first
  }

  private func reaches(_ start: String, from targets: Set<String>) -> Bool {
    var (open, seen) = ([start], Set<String>())
    while let node = open.popLast() {
      guard seen.insert(node).inserted else { continue }
      if targets.contains(node) { return true }
      open += inputs(node).keys.compactMap { link(node, $0) }
    }
    return false
  }

  /// Walks from the sampler to the checkpoint.
  private func readModel(_ start: String?, into facts: inout PictureFacts) {
    var (next, seen) = (start, Set<String>())
    while let node = next, seen.insert(node).inserted {
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
      next = link(node, "model")
    }
  }

  /// ComfyUI's sampler and schedule, by our name where there is one.
  private func schedulerName(_ sampler: String, sigmas: String) -> SchedulerName? {
    let chosen = link(sampler, "sampler") ?? sampler
    guard let name = value(chosen, "sampler_name") as? String else { return nil }
    let schedule = value(sigmas, "scheduler") as? String ?? "normal"
    let known: [String: SchedulerName] = [
      "euler normal": "euler", "euler_ancestral normal": "euler-ancestral", "ddim ddim_uniform": "ddim",
      "dpmpp_2m normal": "dpmsolver++", "dpmpp_2m karras": "dpmsolver++-karras",
    ]
    return known["\(name) \(schedule)"] ?? SchedulerName(rawValue: "\(name) \(schedule)")
  }

  /// The text that a conditioning comes from.
  private func text(_ start: String) -> String? {
    var (open, seen) = ([start], Set<String>())
    while let node = open.popLast() {
      guard seen.insert(node).inserted else { continue }
      for key in ["text", "text_g", "value", "string", "prompt"] {
        if let text = value(node, key) as? String { return text }
      }
      open += inputs(node).keys.sorted().reversed().compactMap { key in
        key.hasPrefix("conditioning") || key.hasPrefix("text") || key == "value" || key == "string"
          ? link(node, key) : nil
      }
    }
    return nil
  }

  private func kind(_ node: String) -> String? { nodes[node]?["class_type"] as? String }

  private func inputs(_ node: String) -> [String: Any] { nodes[node]?["inputs"] as? [String: Any] ?? [:] }

  /// The node that an input comes from; nil for a value.
  private func link(_ node: String, _ input: String) -> String? {
    guard let pair = inputs(node)[input] as? [Any], pair.count == 2 else { return nil }
    let target = (pair[0] as? String) ?? (pair[0] as? Int).map { "\($0)" }
    return target.flatMap { nodes[$0] == nil ? nil : $0 }
  }

  /// The value of an input, also of one that a node with nothing but a value gives.
  private func value(_ node: String, _ input: String) -> Any? {
    var (name, key) = (node, input)
    for _ in 0..<nodes.count + 1 {
      guard let next = link(name, key) else { break }
      let inner = inputs(next)
      guard let only = ["value", "seed", "int", "float", "string", "text"].first(where: { inner[$0] != nil })
      else { return nil }
      (name, key) = (next, only)
    }
    let value = inputs(name)[key]
    return value is [Any] ? nil : value
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
