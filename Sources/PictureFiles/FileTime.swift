import Foundation

/// When a file was last written; later is larger. Nil when it is not there, or is something else than a plain file.
struct FileTime: Comparable, Sendable {
  private let seconds: Int
  private let nanoseconds: Int

  /// - Parameter followsLinks: Whether a link stands for what it leads to; otherwise it is no plain file.
  init?(_ url: URL, followsLinks: Bool) {
    var status = stat()
    guard (followsLinks ? stat(url.path, &status) : lstat(url.path, &status)) == 0,
      status.st_mode & S_IFMT == S_IFREG
    else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    (seconds, nanoseconds) = (Int(time.tv_sec), Int(time.tv_nsec))
  }

  static func < (one: FileTime, other: FileTime) -> Bool {
    (one.seconds, one.nanoseconds) < (other.seconds, other.nanoseconds)
  }
}
