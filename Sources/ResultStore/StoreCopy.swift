import Foundation
import GRDB

/// A copy of a store in a folder of its own, which goes with the object: for stores that cannot be read where they
/// lie without writing beside them.
final class StoreCopy: Sendable {
  private let folder: URL
  /// Of the copied file.
  var path: String { folder.appendingPathComponent("store.sqlite").path }

  /// What SQLite may keep beside a database.
  static let companions = ["-wal", "-journal"]

  /// - Throws: the file system's errors.
  init(of path: String) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "tome-eval-store-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // A writer that comes meanwhile would leave a copy of two times: then it is made again.
    for attempt in 0... {
      let before = Self.state(of: path)
      for suffix in [""] + Self.companions {
        // A log of an earlier attempt would be taken for this copy's.
        try? FileManager.default.removeItem(atPath: self.path + suffix)
        guard before[suffix] != nil else { continue }
        try FileManager.default.copyItem(atPath: path + suffix, toPath: self.path + suffix)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: self.path + suffix)
      }
      if Self.state(of: path) == before { break }
      guard attempt < 5 else { throw StoreError.locked(path: path) }
    }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Whether the file says that its changes are in a log, but nobody has one open: SQLite would make one to read it.
  static func isNeeded(for path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path), let header = try? file.read(upToCount: 20),
      header.count == 20
    else { return false }
    // https://www.sqlite.org/fileformat.html: the read version, 2 for a write-ahead log.
    return header[19] == 2 && !FileManager.default.fileExists(atPath: path + "-shm")
  }

  /// Whether SQLite failed because it may not write beside the file.
  static func mayHelp(against error: DatabaseError) -> Bool {
    [.SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_IOERR].contains(error.resultCode)
  }

  /// Size and time of the file and its companions, of those that are there.
  private static func state(of path: String) -> [String: [Int]] {
    var states: [String: [Int]] = [:]
    for suffix in [""] + companions {
      var status = stat()
      guard stat(path + suffix, &status) == 0 else { continue }
      #if canImport(Darwin)
        let time = status.st_mtimespec
      #else
        let time = status.st_mtim
      #endif
      states[suffix] = [Int(status.st_size), Int(time.tv_sec), Int(time.tv_nsec)]
    }
    return states
  }
}
