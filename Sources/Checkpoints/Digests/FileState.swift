import Foundation

/// What tells without reading a file whether it is still the same.
struct FileState: Equatable, CustomStringConvertible {
  let size: Int
  private let inode: UInt64
  /// Of the last modification, since 1970.
  private let seconds: Int
  private let nanoseconds: Int

  /// Nil when there is no such file.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    size = Int(status.st_size)
    inode = UInt64(status.st_ino)
    #if canImport(Darwin)
      let modified = status.st_mtimespec
    #else
      let modified = status.st_mtim
    #endif
    (seconds, nanoseconds) = (Int(modified.tv_sec), Int(modified.tv_nsec))
  }

  var description: String { "\(size) bytes, inode \(inode), modified \(seconds).\(nanoseconds)" }

  /// Since 1970.
  var modified: Double { Double(seconds) + Double(nanoseconds) / 1e9 }

  /// Whether another write would change the time of last modification: some file systems count in whole seconds.
  var isSettled: Bool { Date.now.timeIntervalSince1970 - modified >= 2 }
}
