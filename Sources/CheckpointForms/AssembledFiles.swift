import Checkpoints
import Digests
import Foundation

/// A model, or a part of one, put together of several places: files in memory, parts and weights from elsewhere, and
/// all else from another folder if there is one.
struct AssembledFiles: ModelFiles {
  let path: String
  let resident: WeightsResidency
  var base: (any ModelFiles)?
  /// By name.
  var files: [String: Data] = [:]
  /// By the name of the subfolder.
  var parts: [String: any ModelFiles] = [:]
  var weights: PartWeights?

  var variant: String? { base?.variant }

  func has(_ name: String) -> Bool {
    files[name] != nil || parts[name] != nil || weights?.name == name || base?.has(name) == true
  }

  func data(_ name: String) throws(CheckpointError) -> Data {
    if let data = files[name] { return data }
    return try elsewhere(name).data(name)
  }

  func component(_ name: String) throws(CheckpointError) -> any ModelFiles {
    if let part = parts[name] { return part }
    return try elsewhere(name).component(name)
  }

  func weightsName() throws(CheckpointError) -> String {
    if let weights { return weights.name }
    return try elsewhere("weights").weightsName()
  }

  func tensors(_ name: String) throws(CheckpointError) -> any TensorSource {
    if let weights, weights.name == name { return weights.tensors }
    return try elsewhere(name).tensors(name)
  }

  func digests(of name: String) throws(CheckpointError) -> [String] {
    if let data = files[name] { return [SHA256.hex(of: Array(data))] }
    if let weights, weights.name == name { return try weights.folder.digests(of: weights.file) }
    return try elsewhere(name).digests(of: name)
  }

  private func elsewhere(_ name: String) throws(CheckpointError) -> any ModelFiles {
    if let base { return base }
    throw .missingFile(path: path(of: name), hint: "the checkpoint has no such part")
  }
}

/// A part's weights that lie in a larger file.
struct PartWeights: Sendable {
  /// Tells what of the file they are: a fingerprint has it.
  let name: String
  let tensors: any TensorSource
  /// Where the file is.
  let folder: ModelDirectory
  let file: String
}

extension JSONValue {
  /// As the contents of a file, the same for equal values.
  func file() -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // Nothing but finite numbers and texts comes here.
    return (try? encoder.encode(self)) ?? Data()
  }

  static func whole(_ value: Int) -> JSONValue { .number(Double(value)) }
  static func wholes(_ values: [Int]) -> JSONValue { .array(values.map(whole)) }
  static func texts(_ values: [String]) -> JSONValue { .array(values.map(string)) }
}
