public import Foundation

/// A folder in diffusers or transformers layout: finds the weights and the
/// configuration of a component.
public struct ModelDirectory: Sendable {
  public let url: URL
  private let synthetic: SyntheticFolder?
  /// How the weights of the folder and of its components are kept.
  public let resident: WeightsResidency

  /// - Throws: ``CheckpointError/missingFile(path:hint:)`` unless `url` is a folder.
  public init(_ url: URL, resident: WeightsResidency = .stored) throws(CheckpointError) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      throw .missingFile(
        path: url.path, hint: "expected a model folder as diffusers or transformers saves it")
    }
    self.url = url
    self.resident = resident
    synthetic = nil
  }

  /// A folder that exists in memory only.
  ///
  /// - Parameter name: stands for the folder's path in messages
  public init(_ synthetic: SyntheticFolder, name: String) {
    url = URL(fileURLWithPath: name, relativeTo: URL(fileURLWithPath: "/"))
    self.synthetic = synthetic
    resident = .stored
  }

  public func has(_ relativePath: String) -> Bool {
    if let synthetic { return synthetic.files[relativePath] != nil }
    return FileManager.default.fileExists(atPath: url.appendingPathComponent(relativePath).path)
  }

  /// A subfolder such as `unet`.
  public func component(_ name: String) throws(CheckpointError) -> ModelDirectory {
    guard let synthetic else {
      return try ModelDirectory(url.appendingPathComponent(name), resident: resident)
    }
    guard let part = synthetic.part(name) else {
      throw .missingFile(
        path: url.appendingPathComponent(name).path, hint: "a checkpoint of random weights has no such part")
    }
    return ModelDirectory(part, name: url.appendingPathComponent(name).path)
  }

  /// Decodes a JSON file of the folder.
  /// - Throws: ``CheckpointError`` naming the file and the field at fault.
  public func decode<T: Decodable>(_ type: T.Type, from name: String) throws(CheckpointError) -> T {
    let file = url.appendingPathComponent(name)
    guard let data = synthetic.map({ $0.files[name] }) ?? FileManager.default.contents(atPath: file.path)
    else {
      throw .missingFile(path: file.path, hint: "a model folder holds one; export it again")
    }
    do {
      let decoder = JSONDecoder()
      // Python writes infinities into JSON, as in the configuration of DPM-Solver.
      decoder.allowsJSON5 = true
      return try decoder.decode(type, from: data)
    } catch let error as DecodingError {
      let (field, reason) = error.fieldAndReason
      throw .badConfiguration(path: file.path, field: field, reason: reason)
    } catch {
      throw .unreadable(path: file.path, reason: "\(error)")
    }
  }

  /// The cursor at the root of the folder's weights, whichever of the names that
  /// diffusers and transformers use it has.
  public func weights() throws(CheckpointError) -> Weights {
    if let synthetic { return Weights(synthetic.tensors, file: url.path) }
    let names = ["diffusion_pytorch_model", "model"].flatMap { base in
      [base + ".safetensors", base + ".fp16.safetensors", base + ".non_ema.safetensors"]
    }
    guard let name = names.first(where: has) else {
      throw .missingFile(
        path: url.appendingPathComponent(names[0]).path,
        hint: has("diffusion_pytorch_model.bin") || has("pytorch_model.bin")
          ? "only pickled .bin weights are there; save the model again with safe_serialization=True"
          : "looked for \(names.joined(separator: ", "))")
    }
    return try Weights(url.appendingPathComponent(name), resident: resident)
  }
}

extension DecodingError {
  /// The JSON path at fault and what is wrong there.
  fileprivate var fieldAndReason: (String, String) {
    func join(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
    return switch self {
    case .keyNotFound(let key, let context): (join(context.codingPath + [key]), "is missing")
    case .valueNotFound(_, let context): (join(context.codingPath), "is null")
    case .typeMismatch(let type, let context): (join(context.codingPath), "is not of type \(type)")
    case .dataCorrupted(let context):
      (join(context.codingPath), context.codingPath.isEmpty ? "is not JSON" : context.debugDescription)
    @unknown default: ("", "\(self)")
    }
  }
}
