import Checkpoints
import Files
import Foundation

/// How strongly a LoRA acts, as PEFT and diffusers say it beside the tensors: in the `lora_adapter_metadata` of the
/// safetensors header, by part, or in an `adapter_config.json` beside the file, for all parts (PEFT's `LoraConfig`).
struct PEFTScaling {
  private let fields: [String: JSONValue]
  /// The bytes of the file beside; nil where the header says it.
  let file: Data?

  private static let metadataKey = "lora_adapter_metadata"
  private static let fileName = "adapter_config.json"

  /// - Parameters:
  ///   - lora: the file with the tensors
  ///   - needsFile: whether a layer has no alpha of its own, so that one of PEFT must lie beside its configuration
  /// - Throws: ``CheckpointError`` when what is said cannot be read, or must be said and is not.
  init?(_ lora: SafetensorsFile, needsFile: Bool) throws(CheckpointError) {
    if let text = lora.metadata[Self.metadataKey] {
      guard let fields = try? JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8)) else {
        throw .badConfiguration(path: lora.path, field: Self.metadataKey, reason: "is no JSON object")
      }
      self.fields = fields
      file = nil
      return
    }
    guard needsFile, lora.keys.contains(where: { $0.hasPrefix("base_model.model.") }) else { return nil }
    let folder = URL(fileURLWithPath: lora.path).deletingLastPathComponent()
    let path = folder.appendingPathComponent(Self.fileName).path
    let data: Data
    do throws(FileProblem) {
      data = try RegularFile.contents(path, limit: 1 << 20)
    } catch {
      throw error == .missing
        ? .missingFile(
          path: path,
          hint: "\(lora.path) is an adapter of PEFT, which says its alpha there; put both side by side")
        : .unreadable(path: path, reason: error.reason)
    }
    guard let fields = try? JSONDecoder().decode([String: JSONValue].self, from: data) else {
      throw .badConfiguration(path: path, field: "", reason: "is no JSON object")
    }
    guard fields["peft_type"] == nil || fields["peft_type"] == .string("LORA") else {
      throw .badConfiguration(
        path: path, field: "peft_type", reason: "is \(fields["peft_type"] ?? .null), supported is LORA only")
    }
    self.fields = fields
    file = data
  }

  /// Alpha over the rank, or over its square root for rank-stabilised ones (Kalajdzievski 2023); nil where nothing is
  /// said.
  func scale(_ layer: LoRAFile.Layer, rank: Double) -> Double? {
    func value(_ name: String) -> JSONValue? { fields["\(layer.part).\(name)"] ?? fields[name] }
    guard let alpha = pattern(value("alpha_pattern"), layer.name) ?? value("lora_alpha")?.double else {
      return nil
    }
    return alpha / (value("use_rslora") == .bool(true) ? rank.squareRoot() : rank)
  }

  /// The number of the first pattern that a layer's name ends with, at a point.
  private func pattern(_ value: JSONValue?, _ layer: String) -> Double? {
    guard case .object(let patterns) = value else { return nil }
    let found = patterns.sorted { $0.key < $1.key }.first { pattern, _ in
      let ending = pattern.hasPrefix("^") ? String(pattern.dropFirst()) : pattern
      return layer == ending || (ending == pattern && layer.hasSuffix("." + ending))
    }
    return found?.value.double
  }
}

extension JSONValue {
  /// The number that it is.
  fileprivate var double: Double? {
    if case .number(let number) = self { number } else { nil }
  }
}
