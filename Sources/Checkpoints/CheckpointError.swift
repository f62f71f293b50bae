public import Tensors

/// What can be wrong with a model on disk. Each case reads as one sentence:
/// which file and key, what was expected, what was found, what to do.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  /// There is no such file or folder.
  case missingFile(path: String, hint: String)
  /// The file is there, and the system or its form keeps it from being read.
  case unreadable(path: String, reason: String)
  /// The file is something else that is often taken for what was asked for, such as a pickle or a pointer of Git LFS.
  case mistaken(path: String, what: String, advice: String)
  /// The file or folder lacks a part of a model, named as its subfolder is.
  case missingPart(path: String, part: String, reason: String)
  /// The header of a safetensors file does not say what such a header must.
  case malformedHeader(path: String, reason: String)
  /// A safetensors file ends before its tensors do.
  case truncated(path: String, expectedBytes: Int, foundBytes: Int)
  /// A tensor's elements are of another type than was asked for or is supported; the type is named as in the file.
  case unsupportedType(path: String, key: String, type: String)
  /// There is no tensor of that name.
  case missingTensor(path: String, key: String, expected: Shape)
  /// The tensor of that name has another shape.
  case wrongShape(path: String, key: String, expected: Shape, found: Shape)
  /// Tensors that nobody asked for, see ``Weights/requireAllUsed(ignoring:)``.
  case unusedTensors(path: String, keys: [String])
  /// A JSON file, or a field of it, does not say what it must; the field is empty for the file as a whole.
  case badConfiguration(path: String, field: String, reason: String)

  /// One sentence for people.
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
