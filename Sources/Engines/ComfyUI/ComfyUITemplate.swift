import Foundation
import Pictures
import SamplerNames
import TokenMerging
import Workflows

/// A user's workflow, and where in it is written what samples differ in.
struct ComfyUITemplate: Sendable {
  typealias Place = ComfyWorkflow.Place

  private let json: Data
  /// The node that samples.
  let sampler: String
  /// Whose picture is taken; nil for the only one.
  let output: String?
  let seed: Place
  /// More than one where a model has several text encoders.
  let prompt: [Place]
  let steps: Place
  /// Empty where the workflow has none.
  let negativePrompt: [Place]
  let guidanceScale: Place?
  let width: Place?
  let height: Place?
  private let samplerName: Place?
  private let schedule: Place?
  /// The input by which the sampler gets its model.
  private let model: Place
  /// Of the node that merges, where there is one.
  private let ratio: Place?
  /// What the workflow itself says.
  let own: Sampling?
  let checkpoint: String?

  static let mergingNode = "TomePatchModel"
  /// The name of a node that is put in.
  private static let insertedNode = "tome-eval"

  /// - Parameters:
  ///   - named: what the user named
  /// - Throws: ``WorkflowProblem``, or ``ComfyUITemplateProblem`` naming what is not found
  init(_ json: Data, named: [ComfyUINode]) throws {
    let workflow = try ComfyWorkflow(parsing: json)
    let finder = try ComfyUIFinder(workflow, named: named)
    sampler = finder.sampler
    output = try finder.output()
    seed = try finder.needed(.seed)
    prompt = try finder.texts(.prompt)
    guard let text = prompt.first else { throw ComfyUITemplateProblem.notFound(.prompt) }
    steps = try finder.needed(.steps)
    negativePrompt = try finder.texts(.negativePrompt)
    guidanceScale = try finder.place(.cfg)
    width = try finder.place(.width)
    height = try finder.place(.height)
    samplerName = try finder.place(.samplerName)
    schedule = try finder.place(.scheduler)
    model = try finder.model()
    ratio = try finder.ratio(model)
    guard !negativePrompt.contains(text) else { throw ComfyUITemplateProblem.sameText(text) }
    own = Self.sampling(
      workflow, steps, negativePrompt.first, guidanceScale, width, height, samplerName, schedule)
    checkpoint = finder.checkpoint(model)
    self.json = json
  }

  /// Nil where the size is not told.
  private static func sampling(
    _ workflow: ComfyWorkflow, _ steps: Place, _ negativePrompt: Place?, _ guidanceScale: Place?,
    _ width: Place?, _ height: Place?, _ samplerName: Place?, _ schedule: Place?
  ) -> Sampling? {
    func value<Value>(_ place: Place?) -> Value? { place.flatMap { workflow.value(at: $0) as? Value } }
    guard let width: Int = value(width), let height: Int = value(height), let steps: Int = value(steps) else {
      return nil
    }
    let name: String? = value(samplerName)
    let pair = name.map { ComfyUISampler(sampler: $0, schedule: value(schedule) ?? "normal") }
    let scheduler = pair.map { pair in
      SchedulerKind(comfyUI: pair)?.rawValue ?? "\(pair.sampler) \(pair.schedule)"
    }
    return Sampling(
      steps: steps, guidanceScale: value(guidanceScale), negativePrompt: value(negativePrompt) ?? "",
      width: width, height: height, scheduler: scheduler.map(SchedulerName.init) ?? .unknown,
      attention: .unknown, precision: .unknown)
  }

  /// Whether a sampler of another name can be asked for.
  var takesScheduler: Bool { samplerName != nil && schedule != nil }

  /// All that samples do not differ in: equal texts, the same pictures of the same requests.
  var fingerprint: String {
    guard var workflow = try? ComfyWorkflow(parsing: json) else { return "" }
    let others = [seed, steps, guidanceScale, width, height, samplerName, schedule].compactMap(\.self)
    for place in others + prompt + negativePrompt { workflow.set(NSNull(), at: place) }
    if let ratio { workflow.bypass(ratio.node, input: "model") }
    return contentHash(of: String(decoding: workflow.json, as: UTF8.self))
  }

  /// The workflow that makes a picture: without the node that merges where nothing is to be merged, and with one
  /// between model and sampler otherwise.
  /// - Parameter text: turns a prompt into ComfyUI's language
  func workflow(_ request: PictureRequest, text: (String) -> String) throws(WorkflowProblem) -> Data {
    let sampling = request.recipe.sampling
    var workflow = try ComfyWorkflow(parsing: json)
    workflow.set(request.seed.value, at: seed)
    for place in prompt { workflow.set(text(request.prompt), at: place) }
    if let steps = sampling.steps { workflow.set(steps, at: self.steps) }
    if let guidanceScale, let value = sampling.guidanceScale { workflow.set(value, at: guidanceScale) }
    // The workflow's own is in ComfyUI's language already.
    if sampling.negativePrompt != own?.negativePrompt {
      for place in negativePrompt { workflow.set(text(sampling.negativePrompt), at: place) }
    }
    if let width, let height {
      workflow.set(sampling.width, at: width)
      workflow.set(sampling.height, at: height)
    }
    if sampling.scheduler != own?.scheduler, let samplerName, let schedule,
      let pair = SchedulerKind(rawValue: sampling.scheduler.rawValue)?.comfyUISampler
    {
      workflow.set(pair.sampler, at: samplerName)
      workflow.set(pair.schedule, at: schedule)
    }
    switch (request.recipe.merging, ratio) {
    case (nil, nil): break
    case (nil, let ratio?): workflow.bypass(ratio.node, input: "model")
    case (let merging?, let ratio?): workflow.set(merging.ratio, at: ratio)
    case (let merging?, nil):
      workflow.insert(
        Self.insertedNode, kind: Self.mergingNode, inputs: ["ratio": merging.ratio], into: model)
    }
    return workflow.json
  }
}

/// What is missing in a workflow, or there too often: as it follows the file's name.
enum ComfyUITemplateProblem: Error, CustomStringConvertible {
  case noSampler
  case severalSamplers([String])
  case notFound(ComfyUINode.Name)
  case noNode(String, known: [String])
  case noValue(ComfyWorkflow.Place, inputs: [String])
  case sameText(ComfyWorkflow.Place)
  case noModel(String)
  case severalMergingNodes([String])
  case severalOutputs([String])
  case batch(Int)

  var description: String {
    switch self {
    case .noSampler: "no node of it is known to sample; name the one that does with --node sampler=NODE"
    case .severalSamplers(let nodes):
      "it has \(nodes.count) nodes that sample (\(nodes.joined(separator: ", "))); name the one that merging is measured "
        + "at with --node sampler=NODE"
    case .notFound(let name):
      "nothing in it is found to be the \(name.rawValue); name it with --node \(name.rawValue)=NODE.inputs.INPUT"
    case .noNode(let node, let known):
      "it has no node '\(node)'; there are \(known.joined(separator: ", "))"
    case .noValue(let place, let inputs):
      "\(place) is no value there; the node has \(inputs.joined(separator: ", "))"
    case .sameText(let place):
      "prompt and negative prompt are the same text, \(place); name them with --node prompt= and --node negative_prompt="
    case .noModel(let node): "node \(node) gets a model from no other node"
    case .severalMergingNodes(let nodes):
      "it merges at \(nodes.count) nodes, one behind the other (\(nodes.joined(separator: ", "))); leave one"
    case .severalOutputs(let nodes):
      "it has \(nodes.count) nodes that keep pictures (\(nodes.joined(separator: ", "))); name the one that counts with "
        + "--node output=NODE"
    case .batch(let count): "it makes \(count) pictures at once; set batch_size to 1"
    }
  }
}
