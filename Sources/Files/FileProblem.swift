import Foundation

/// Why a file cannot be read.
public enum FileProblem: Error, Equatable {
  /// What may have a file's name.
  public enum Kind: String, Sendable {
    case folder = "a folder"
    case pipe = "a pipe"
    case device = "a device"
    case other = "something else"
  }

  case missing
  case noFile(Kind)
  case unreadable(reason: String)
  /// - Parameter bytes: as many at least
  case tooLarge(bytes: Int, limit: Int)

  /// As it follows `cannot be read:`.
  public var reason: String {
    switch self {
    case .missing: String(cString: strerror(ENOENT))
    case .noFile(let kind): "it is \(kind.rawValue), not a file"
    case .unreadable(let reason): reason
    case .tooLarge(let bytes, let limit):
      "it has \(bytes) bytes, such a file has at most \(limit); is it what its name says?"
    }
  }

  /// What the system says of the call that failed last.
  static var systemReason: String { String(cString: strerror(errno)) }
}

extension FileProblem.Kind {
  /// What a path leads to without opening it; nil for a file, and for nothing.
  public init?(at path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status.st_mode)
  }

  /// Nil for a file.
  init?(_ mode: mode_t) {
    switch mode & S_IFMT {
    case S_IFREG: return nil
    case S_IFDIR: self = .folder
    case S_IFIFO: self = .pipe
    case S_IFCHR, S_IFBLK: self = .device
    default: self = .other
    }
  }
}
