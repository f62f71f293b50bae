/// What can be wrong with a picture or a file to be written. Each case reads as one sentence:
/// which file, what is wrong, what to do.
public enum ImageError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// The bytes are not a whole, valid PNG; `path` is nil for bytes in memory.
  case invalidPNG(path: String?, reason: String)
  /// The bytes are not a whole, valid picture of another form.
  case invalidPicture(PictureFormat, path: String, reason: String)
  /// The picture cannot be written as PNG.
  case cannotEncode(width: Int, height: Int, reason: String)
  /// A text chunk whose key or value PNG does not allow.
  case invalidText(key: String, reason: String)
  /// A file cannot be written: folder missing or read-only, disk full.
  case unwritable(path: String, reason: String)
  /// Where a file is to be written, something else is.
  case noFile(path: String, kind: String)

  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .invalidPNG(let path, let reason):
      "\(path ?? "the picture"): not a valid PNG file: \(reason); make or download it again"
    case .invalidPicture(let format, let path, let reason):
      "\(path): not a valid \(format.rawValue) file: \(reason); make or download it again"
    case .cannotEncode(let width, let height, let reason):
      "a \(width)x\(height) picture cannot be written as PNG: \(reason)"
    case .invalidText(let key, let reason):
      "PNG text '\(key)': \(reason)"
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason); choose another folder, or make room there"
    case .noFile(let path, let kind):
      "\(path): is \(kind), not a file that can be written; name another"
    }
  }
}
