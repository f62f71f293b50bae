public import Foundation

/// A workflow of ComfyUI in its API's form, as its pictures carry it in the PNG text `prompt` and "Save (API Format)"
/// writes it: an object of nodes, each with `class_type` and `inputs`, where an input is a value or `[node, output]`.
public struct ComfyWorkflow {
  /// Where a value is written, as in `3.inputs.seed`.
  public struct Place: Hashable, Sendable, CustomStringConvertible {
    public var node: String
    public var input: String

    public init(node: String, input: String) {
      self.node = node
      self.input = input
    }

    public var description: String { "\(node).inputs.\(input)" }
  }

  private var nodes: [String: [String: Any]]

  /// Nil for what is no workflow in this form.
  public init?(_ text: String) {
    guard let workflow = try? ComfyWorkflow(parsing: Data(text.utf8)) else { return nil }
    self = workflow
  }

  /// - Throws: ``WorkflowProblem``
  public init(parsing json: Data) throws(WorkflowProblem) {
    guard let object = (try? JSONSerialization.jsonObject(with: json)) as? [String: Any] else {
      throw .noObject
    }
    // The form that the page itself saves: it knows where nodes lie on the screen, and names no inputs.
    if object["nodes"] is [Any], object["links"] is [Any] { throw .pageForm }
    nodes = object.compactMapValues { $0 as? [String: Any] }
    guard nodes.values.contains(where: { $0["class_type"] is String }) else { throw .noNodes }
  }

  /// As ``init(parsing:)`` reads it, with sorted keys: equal workflows, equal bytes.
  public var json: Data {
    let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
    // What was read from JSON, and numbers and texts that were put in, can be written as JSON.
    return (try? JSONSerialization.data(withJSONObject: nodes, options: options)) ?? Data("{}".utf8)
  }

  /// Short names first, as people count.
  public var names: [String] { nodes.keys.sorted { ($0.count, $0) < ($1.count, $1) } }

  public func has(_ node: String) -> Bool { nodes[node] != nil }

  /// The class of a node.
  public func kind(_ node: String) -> String? { nodes[node]?["class_type"] as? String }

  public func inputs(_ node: String) -> [String: Any] { nodes[node]?["inputs"] as? [String: Any] ?? [:] }

  /// The node that an input comes from; nil for a value.
  public func link(_ node: String, _ input: String) -> String? {
    guard let pair = inputs(node)[input] as? [Any], pair.count == 2 else { return nil }
    let target = (pair[0] as? String) ?? (pair[0] as? Int).map { "\($0)" }
    return target.flatMap { nodes[$0] == nil ? nil : $0 }
  }

  /// Where the value of an input is written: here, or at a node that does nothing but give a value.
  public func place(_ node: String, _ input: String) -> Place? {
    var place = Place(node: node, input: input)
    for _ in 0..<nodes.count + 1 {
      guard let next = link(place.node, place.input) else { break }
      let inner = inputs(next)
      guard let only = ["value", "seed", "int", "float", "string", "text"].first(where: { inner[$0] != nil })
      else { return nil }
      place = Place(node: next, input: only)
    }
    return value(at: place) == nil ? nil : place
  }

  /// Nil for a link, and where nothing is.
  public func value(at place: Place) -> Any? {
    let value = inputs(place.node)[place.input]
    return value is [Any] ? nil : value
  }

  /// The value of an input, also of one that a node with nothing but a value gives.
  public func value(_ node: String, _ input: String) -> Any? { place(node, input).flatMap(value(at:)) }

  /// Where the text is written that a conditioning comes from: in one place, or for both text encoders of SDXL.
  public func textPlaces(_ start: String) -> [Place] {
    var (open, seen) = ([start], Set<String>())
    while let node = open.popLast() {
      guard seen.insert(node).inserted else { continue }
      for key in ["text", "text_g", "value", "string", "prompt"] {
        guard let place = place(node, key), value(at: place) is String else { continue }
        let other = key == "text_g" ? self.place(node, "text_l") : nil
        return [place] + [other].compactMap(\.self).filter { $0 != place }
      }
      open += inputs(node).keys.sorted().reversed().compactMap { key in
        key.hasPrefix("conditioning") || key.hasPrefix("text") || key == "value" || key == "string"
          ? link(node, key) : nil
      }
    }
    return []
  }

  private static let samplingKinds: Set<String> = [
    "KSampler", "KSamplerAdvanced", "SamplerCustom", "SamplerCustomAdvanced",
  ]

  /// The nodes that are known to sample.
  public var samplers: [String] { names.filter { kind($0).map(Self.samplingKinds.contains) == true } }

  /// The sampler that no other's latents lead to: a second pass samples what the first one made.
  public var firstSampler: String? {
    let all = samplers
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

  /// The nodes that a model comes through, from the one that uses it to the one that loads it.
  public func modelChain(from start: String?) -> [String] {
    var (next, chain) = (start, [String]())
    while let node = next, !chain.contains(node) {
      chain.append(node)
      next = link(node, "model")
    }
    return chain
  }

  public mutating func set(_ value: Any, at place: Place) {
    var inputs = inputs(place.node)
    inputs[place.input] = value
    nodes[place.node]?["inputs"] = inputs
  }

  /// Puts a node into the link that feeds an input, which it passes on under its own input of that name.
  public mutating func insert(_ name: String, kind: String, inputs: [String: Any], into place: Place) {
    var inputs = inputs
    inputs[place.input] = self.inputs(place.node)[place.input]
    nodes[name] = ["class_type": kind, "inputs": inputs]
    set([name, 0] as [Any], at: place)
  }

  /// Takes a node out: whatever it fed is fed by what came in at `input`.
  public mutating func bypass(_ name: String, input: String) {
    let source = inputs(name)[input]
    for node in names {
      for key in inputs(node).keys where link(node, key) == name {
        set(source ?? NSNull(), at: Place(node: node, input: key))
      }
    }
    nodes[name] = nil
  }
}

/// Why a file is no workflow that ComfyUI's API takes: as it follows the file's name.
public enum WorkflowProblem: Error, Equatable, CustomStringConvertible {
  case noObject
  /// As the page saves it.
  case pageForm
  case noNodes

  public var description: String {
    switch self {
    case .noObject: "it is no JSON object"
    case .pageForm:
      "it is a workflow as ComfyUI's page keeps it (it has 'nodes' and 'links'), which its API does not take; export it "
        + "with Save (API Format), in newer versions Export (API)"
    case .noNodes: "it has no node with a class_type; export the workflow with Save (API Format)"
    }
  }
}
