public import Foundation

/// The files of a model in diffusers or transformers layout: configurations, vocabularies and weights, of which a
/// component has its own in a subfolder.
public protocol ModelFiles: Sendable {
  /// The folder, for messages.
  var path: String { get }
  /// How the weights of the folder and of its components are kept.
  var resident: WeightsResidency { get }

  /// Whether there is a file or folder of that relative path.
  func has(_ name: String) -> Bool

  /// The bytes of a file.
  /// - Throws: ``CheckpointError`` when it is missing or cannot be read.
  func data(_ name: String) throws(CheckpointError) -> Data

  /// A subfolder such as `unet`.
  /// - Throws: ``CheckpointError/missingFile(path:hint:)`` when there is none.
  func component(_ name: String) throws(CheckpointError) -> any ModelFiles

  /// The tensors of the safetensors file `name`.
  /// - Throws: ``CheckpointError`` when it is missing or malformed.
  func tensors(_ name: String) throws(CheckpointError) -> any TensorSource

  /// The SHA-256 digests of a file's successive 8 MiB, in hexadecimal digits.
  /// - Throws: ``CheckpointError`` when it cannot be read.
  func digests(of name: String) throws(CheckpointError) -> [String]
}

extension ModelFiles {
  /// A file of the folder, for messages.
  public func path(of name: String) -> String { "\(path)/\(name)" }

  /// Decodes a JSON file of the folder.
  /// - Throws: ``CheckpointError`` naming the file and the field at fault.
  public func decode<T: Decodable>(_ type: T.Type, from name: String) throws(CheckpointError) -> T {
    let data = try data(name)
    do {
      return try JSONDecoder().decode(type, from: PythonJSON.plain(data))
    } catch {
      if let mistaken = MistakenFile(data) { throw mistaken.error(path: path(of: name)) }
      let fault = error as? DecodingError
      throw .badConfiguration(
        path: path(of: name), field: fault?.place.joined(separator: ".") ?? "",
        reason: fault?.reason ?? "is not JSON")
    }
  }

  /// The fields of a JSON file of the folder that holds an object.
  /// - Throws: ``CheckpointError`` when there is no such file or it holds something else.
  public func fields(of name: String) throws(CheckpointError) -> ConfigurationFields {
    ConfigurationFields(try decode([String: JSONValue].self, from: name), file: path(of: name))
  }

  /// The folder's weights, whichever of the names that diffusers and transformers use they have.
  /// - Throws: ``CheckpointError`` when there are none, or they are malformed.
  public func tensors() throws(CheckpointError) -> any TensorSource {
    let names = ["diffusion_pytorch_model", "model"].flatMap { base in
      [base + ".safetensors", base + ".fp16.safetensors", base + ".non_ema.safetensors"]
    }
    let isPickled = has("diffusion_pytorch_model.bin") || has("pytorch_model.bin")
    return try tensors(
      firstOf: names,
      hint: isPickled
        ? "only pickled .bin weights are there; save the model again with safe_serialization=True"
        : "looked for \(names.joined(separator: ", "))")
  }

  /// The cursor at the root of ``tensors()``.
  public func weights() throws(CheckpointError) -> Weights { Weights(try tensors(), resident: resident) }

  /// The tensors of the first of `names` that is there.
  /// - Parameter hint: what to do when none is
  public func tensors(firstOf names: [String], hint: String) throws(CheckpointError) -> any TensorSource {
    guard let name = names.first(where: has) else {
      throw .missingFile(path: path(of: names.first ?? ""), hint: hint)
    }
    return try tensors(name)
  }
}
