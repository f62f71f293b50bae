/// What keeps a picture out of an import, or is to be known of one that is in it: where, and a sentence.
public struct ImportProblem: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Sendable {
    /// A picture is not taken.
    case left
    /// All is taken, but the user should know.
    case noted
  }

  public let kind: Kind
  public let path: String
  /// Of a manifest, from 1.
  public let line: Int?
  public let reason: String

  init(_ path: String, line: Int? = nil, _ reason: String, kind: Kind = .left) {
    self.kind = kind
    self.path = path
    self.line = line
    self.reason = reason
  }

  public var description: String {
    "\(path): \(line.map { "line \($0): " } ?? "")\(reason)"
  }
}

/// Why nothing can be imported at all.
public enum ImportError: Error, Equatable, CustomStringConvertible {
  case missing(path: String)
  case unreadable(path: String, reason: String)
  case notText(path: String)
  case badLayout(String, reason: String)
  case noColumn(String, path: String, columns: [String])
  case nothingFound(paths: [String])

  public var description: String {
    switch self {
    case .missing(let path):
      "\(path): no such file or folder"
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .notText(let path):
      "\(path): not UTF-8 text; save the manifest as UTF-8"
    case .badLayout(let layout, let reason):
      "layout '\(layout)': \(reason)"
    case .noColumn(let name, let path, let columns):
      "\(path): line 1: no column '\(name)'; the columns are \(columns.joined(separator: ", "))"
    case .nothingFound(let paths):
      "\(paths.joined(separator: ", ")): no picture found; pictures end with .png, .jpg, .jpeg or .webp"
    }
  }
}
