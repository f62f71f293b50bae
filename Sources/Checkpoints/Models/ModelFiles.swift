public import Foundation

/// The files of a model in diffusers or transformers layout: configurations, vocabularies and weights, of which a
/// component has its own in a subfolder. On disk they are a ``ModelDirectory``.
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

  /// Which of several files of the same weights is meant, as in `fp16`; nil for the first of them that is there.
  var variant: String? { get }

  /// The name of the folder's weights: without a variant if such a file is there, else `fp16`, `bf16` or `non_ema`;
  /// of each, one file before several with an index. With a ``variant``, that one only.
  /// - Throws: ``CheckpointError`` when there are none that will do.
  func weightsName() throws(CheckpointError) -> String

  /// The tensors of the safetensors file `name`, or of all files that the index `name` names.
  /// - Throws: ``CheckpointError`` when it is missing or malformed.
  func tensors(_ name: String) throws(CheckpointError) -> any TensorSource

  /// The SHA-256 digests of a file's successive 8 MiB, in hexadecimal digits; after those of an index, those of the
  /// files that it names.
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

  public var variant: String? { nil }

  public func weightsName() throws(CheckpointError) -> String { try WeightsName.chosen(in: self) }

  /// Which of several files of the same weights ``weightsName()`` says, as in `fp16`; nil for the one without a name.
  /// - Throws: ``CheckpointError`` when there are none that will do.
  package func weightsVariant() throws(CheckpointError) -> String? {
    WeightsName.variant(of: try weightsName())
  }

  /// The folder's weights, of one file or of several with an index: of the file that ``weightsName()`` says.
  /// - Throws: ``CheckpointError`` when there are none, or they are malformed.
  public func tensors() throws(CheckpointError) -> any TensorSource { try tensors(weightsName()) }

  /// The cursor at the root of ``tensors()``.
  public func weights() throws(CheckpointError) -> Weights { Weights(try tensors(), resident: resident) }

  /// The tensors of the first of `names` that is there.
  /// - Parameter hint: what to do when none is
  package func tensors(firstOf names: [String], hint: String) throws(CheckpointError) -> any TensorSource {
    guard let name = names.first(where: has) else {
      throw .missingFile(path: path(of: names.first ?? ""), hint: hint)
    }
    return try tensors(name)
  }
}
