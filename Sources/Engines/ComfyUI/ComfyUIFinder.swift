import Workflows

/// Finds nodes and inputs of a workflow by their classes, unless the user named them.
struct ComfyUIFinder {
  let sampler: String
  private let workflow: ComfyWorkflow
  private let named: [ComfyUINode.Name: ComfyWorkflow.Place]

  private static let outputs: Set<String> = ["SaveImage", "PreviewImage", "SaveImageWebsocket"]

  /// - Throws: ``ComfyUITemplateProblem``
  init(_ workflow: ComfyWorkflow, named: [ComfyUINode]) throws(ComfyUITemplateProblem) {
    self.workflow = workflow
    self.named = Dictionary(named.map { ($0.name, $0.place) }) { _, last in last }
    for place in self.named.values where !workflow.has(place.node) {
      throw .noNode(place.node, known: workflow.titled(workflow.names))
    }
    if let node = self.named[.sampler]?.node {
      sampler = node
    } else {
      guard let first = workflow.firstSampler else { throw .noSampler }
      guard workflow.samplers.count == 1 else { throw .severalSamplers(workflow.titled(workflow.samplers)) }
      sampler = first
    }
  }

  /// - Throws: ``ComfyUITemplateProblem`` when it is nowhere
  func needed(_ name: ComfyUINode.Name) throws(ComfyUITemplateProblem) -> ComfyWorkflow.Place {
    guard let place = try place(name) else { throw .notFound(name) }
    return place
  }

  /// Nil where nothing is found.
  /// - Throws: ``ComfyUITemplateProblem`` when the user named what holds no value
  func place(_ name: ComfyUINode.Name) throws(ComfyUITemplateProblem) -> ComfyWorkflow.Place? {
    guard let place = named[name] else { return found(name) }
    guard workflow.value(at: place) != nil else {
      throw .noValue(place, inputs: workflow.inputs(place.node).keys.sorted())
    }
    return place
  }

  private func found(_ name: ComfyUINode.Name) -> ComfyWorkflow.Place? {
    // Custom samplers have their parts in nodes of their own.
    let guider = workflow.link(sampler, "guider") ?? sampler
    let sigmas = workflow.link(sampler, "sigmas") ?? sampler
    let chosen = workflow.link(sampler, "sampler") ?? sampler
    let noise = workflow.link(sampler, "noise") ?? sampler
    return switch name {
    case .seed: workflow.place(noise, "seed") ?? workflow.place(noise, "noise_seed")
    case .steps: workflow.place(sigmas, "steps")
    case .cfg: workflow.place(guider, "cfg")
    case .width, .height: workflow.link(sampler, "latent_image").flatMap { workflow.place($0, name.rawValue) }
    case .samplerName: workflow.place(chosen, "sampler_name")
    case .scheduler: workflow.place(sigmas, "scheduler")
    case .sampler, .output, .ratio, .prompt, .negativePrompt: nil
    }
  }

  /// Where prompts are written; empty where that is not found.
  /// - Parameter name: of prompt or negative prompt
  /// - Throws: ``ComfyUITemplateProblem`` when the user named what holds no value
  func texts(_ name: ComfyUINode.Name) throws(ComfyUITemplateProblem) -> [ComfyWorkflow.Place] {
    if let place = try place(name) { return [place] }
    let guider = workflow.link(sampler, "guider") ?? sampler
    let inputs = name == .prompt ? ["positive", "conditioning"] : ["negative"]
    return inputs.lazy.compactMap { workflow.link(guider, $0) }.first.map(workflow.textPlaces) ?? []
  }

  /// - Throws: ``ComfyUITemplateProblem`` when several pictures are kept, or several are made at once
  func output() throws(ComfyUITemplateProblem) -> String? {
    if let latents = workflow.link(sampler, "latent_image"),
      let count = workflow.value(latents, "batch_size") as? Int, count != 1
    {
      throw .batch(count)
    }
    if let node = named[.output]?.node { return node }
    let keeping = workflow.names.filter { workflow.kind($0).map(Self.outputs.contains) == true }
    guard keeping.count < 2 else { throw .severalOutputs(workflow.titled(keeping)) }
    return nil
  }

  /// The input by which the sampler gets its model.
  func model() throws(ComfyUITemplateProblem) -> ComfyWorkflow.Place {
    let holders = [workflow.link(sampler, "guider"), sampler].compactMap(\.self)
    guard let holder = holders.first(where: { workflow.link($0, "model") != nil }) else {
      throw .noModel(sampler)
    }
    return .init(node: holder, input: "model")
  }

  private func chain(_ model: ComfyWorkflow.Place) -> [String] {
    workflow.modelChain(from: workflow.link(model.node, model.input))
  }

  /// Of the node that merges; nil where none does.
  func ratio(_ model: ComfyWorkflow.Place) throws(ComfyUITemplateProblem) -> ComfyWorkflow.Place? {
    if let place = try place(.ratio) {
      guard workflow.link(place.node, "model") != nil else { throw .noModel(place.node) }
      return place
    }
    let merging = chain(model).filter { workflow.kind($0) == ComfyUITemplate.mergingNode }
    guard merging.count < 2 else { throw .severalMergingNodes(merging) }
    // Always its own input, whatever fed it.
    return merging.first.map { .init(node: $0, input: "ratio") }
  }

  func checkpoint(_ model: ComfyWorkflow.Place) -> String? {
    chain(model).lazy.compactMap { node in
      ["ckpt_name", "unet_name"].lazy.compactMap { workflow.value(node, $0) as? String }.first
    }.first
  }
}

extension ComfyWorkflow {
  /// Nodes as messages name them, as in `3 (KSampler)`.
  fileprivate func titled(_ nodes: [String]) -> [String] { nodes.map { "\($0) (\(kind($0) ?? "?"))" } }
}
