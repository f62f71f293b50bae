public import Tensors

/// What can be wrong with a model on disk. Each case reads as one sentence:
/// which file and key, what was expected, what was found, what to do.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  case missingFile(path: String, hint: String)
  case unreadable(path: String, reason: String)
  case mistaken(path: String, what: String, advice: String)
  /// - part: by the name of its subfolder
  case missingPart(path: String, part: String, reason: String)
  case malformedHeader(path: String, reason: String)
  case truncated(path: String, expectedBytes: Int, foundBytes: Int)
  case unsupportedType(path: String, key: String, type: String)
  case missingTensor(path: String, key: String, expected: Shape)
  case wrongShape(path: String, key: String, expected: Shape, found: Shape)
  case unusedTensors(path: String, keys: [String])
  case badConfiguration(path: String, field: String, reason: String)

  public var description: String {
    switch self {
    case .missingFile(let path, let hint):
      "\(path): no such file; \(hint)"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .mistaken(let path, let what, let advice):
      "\(path): this is \(what); \(advice)"
    case .missingPart(let path, _, let reason):
      "\(path): \(reason)"
    case .malformedHeader(let path, let reason):
      "\(path): not a valid safetensors file: \(reason); download or export it again"
    case .truncated(let path, let expected, let found):
      "\(path): truncated: the header describes \(expected) bytes, the file has \(found); download it again"
    case .unsupportedType(let path, let key, let type):
      "\(path): tensor '\(key)' has type \(type); supported are F32, F16 and BF16"
    case .missingTensor(let path, let key, let expected):
      "\(path): tensor '\(key)' \(expected) is missing; "
        + "is this the checkpoint that its configuration describes?"
    case .wrongShape(let path, let key, let expected, let found):
      "\(path): tensor '\(key)' has shape \(found), expected \(expected); "
        + "is this the checkpoint that its configuration describes?"
    case .unusedTensors(let path, let keys):
      "\(path): \(keys.count) tensors that the configuration has no place for, the first is "
        + "'\(keys.first ?? "")'; is this the checkpoint that its configuration describes?"
    case .badConfiguration(let path, let field, let reason):
      field.isEmpty ? "\(path): \(reason)" : "\(path): '\(field)': \(reason)"
    }
  }
}
