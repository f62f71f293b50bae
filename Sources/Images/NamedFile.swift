public import Foundation

/// A file that a user named, where anything may be already.
///
/// Other than ``AtomicFile``, which puts a file in the place of whatever has the name, this leaves links what they are
/// and replaces the file that they lead to; and a pipe or a device is written to, never replaced.
public enum NamedFile {
  private enum Target {
    /// A file, or nothing yet.
    case file(URL)
    /// What is written to as it is.
    case stream(path: String)
  }

  /// Writes a file whole or not at all, or into a stream.
  public static func write(_ bytes: [UInt8], to url: URL) throws(ImageError) {
    switch try target(url) {
    case .file(let url): try AtomicFile.write(bytes, to: url)
    case .stream(let path):
      do throws(SystemError) {
        let descriptor = try SystemError.check(open(path, O_WRONLY | O_NOCTTY | O_CLOEXEC))
        defer { close(descriptor) }
        try WholeFile.write(bytes, to: descriptor)
      } catch {
        throw .unwritable(path: url.path, reason: error.reason)
      }
    }
  }

  /// Finds out what can be known before there is anything to write.
  /// - Throws: ``ImageError`` when ``write(_:to:)`` would.
  public static func check(_ url: URL) throws(ImageError) {
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
