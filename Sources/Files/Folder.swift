import Foundation

/// Folders that are made where they are missing.
public enum Folder {
  /// Makes a folder, with those around it.
  /// - Throws: ``FileProblem`` that says what is in the way.
  public static func make(_ path: String) throws(FileProblem) {
    if try isFolder(path) { return }
    let around = URL(fileURLWithPath: path).deletingLastPathComponent().path
    if around != path { try make(around) }
    guard mkdir(path, 0o777) != 0 else { return }
    let reason = FileProblem.systemReason
    // Another process may have been first.
    guard errno == EEXIST else { throw .unreadable(reason: reason) }
    guard try isFolder(path) else { throw .unreadable(reason: "\(path) is a link that leads nowhere") }
  }

  /// - Throws: ``FileProblem`` where something else has the name.
  private static func isFolder(_ path: String) throws(FileProblem) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    let kind = FileProblem.Kind(status.st_mode)
    guard kind == .folder else {
      throw .unreadable(reason: "\(path) is \(kind?.rawValue ?? "a file"), not a folder")
    }
    return true
  }
}
