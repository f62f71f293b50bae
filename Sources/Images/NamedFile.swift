package import Foundation

/// A file that a user named, where anything may be already.
///
/// Other than ``AtomicFile``, which puts a file in the place of whatever has the name, this leaves links what they are
/// and replaces the file that they lead to; and a pipe or a device is written to, never replaced.
package enum NamedFile {
  private enum Target {
    /// A file, or nothing yet.
    case file(URL)
    /// What is written to as it is.
    case stream(path: String)
  }

  /// Writes a file whole or not at all, or into a stream.
  package static func write(_ bytes: [UInt8], to url: URL) throws(ImageError) {
    switch try target(url) {
    case .file(let url): try AtomicFile.write(bytes, to: url)
    case .stream(let path):
      let isWritten: Bool
      do throws(SystemError) { isWritten = try write(bytes, toStream: path) } catch {
        throw .unwritable(path: url.path, reason: error.reason)
      }
      guard isWritten else { throw .noFile(path: url.path, kind: "a pipe that nobody reads from") }
    }
  }

  /// Seconds that the reader of a pipe is waited for.
  private static let patience = 5.0

  /// - Returns: whether there is somebody who reads
  private static func write(_ bytes: [UInt8], toStream path: String) throws(SystemError) -> Bool {
    let deadline = ContinuousClock.now + .seconds(patience)
    // Without O_NONBLOCK, opening a pipe that nobody reads from would wait forever.
    var descriptor = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    while descriptor < 0, errno == ENXIO {
      guard ContinuousClock.now < deadline else { return false }
      Thread.sleep(forTimeInterval: 0.05)
      descriptor = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    }
    try SystemError.check(descriptor)
    defer { close(descriptor) }
    // From here on, a slow reader is waited for.
    try SystemError.check(fcntl(descriptor, F_SETFL, O_WRONLY))
    try WholeWrite.write(bytes, to: descriptor)
    return true
  }

  /// Finds out what can be known before there is anything to write.
  /// - Throws: ``ImageError`` when ``write(_:to:)`` would.
  package static func check(_ url: URL) throws(ImageError) {
    guard case .file(let file) = try target(url) else { return }
    let folder = file.deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw .unwritable(path: url.path, reason: "\(folder) is no folder to write to")
    }
  }

  private static func target(_ url: URL) throws(ImageError) -> Target {
    var status = stat()
    guard stat(url.path, &status) == 0 else { return .file(end(of: url)) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file(end(of: url))
    case S_IFCHR, S_IFIFO: return .stream(path: url.path)
    case S_IFDIR: throw .noFile(path: url.path, kind: "a folder")
    case S_IFBLK: throw .noFile(path: url.path, kind: "a disk")
    case S_IFSOCK: throw .noFile(path: url.path, kind: "a socket")
    default: throw .noFile(path: url.path, kind: "something else")
    }
  }

  /// Where a chain of links ends, also in a file that is not there yet.
  private static func end(of url: URL) -> URL {
    var path = url.path
    for _ in 0..<40 {
      guard let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { break }
      path =
        link.hasPrefix("/") ? link : URL(fileURLWithPath: path).deletingLastPathComponent().path + "/" + link
    }
    return URL(fileURLWithPath: path)
  }
}
