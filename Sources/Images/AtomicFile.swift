package import Foundation

/// Writes files that exist whole or not at all, also after a crash or a power cut.
///
/// What a killed process leaves is a temporary file beside its target. Whoever writes one keeps it locked, and the
/// system lets go of the lock when the process ends: thus leftovers can be told from what is being written.
package enum AtomicFile {
  /// Ends the names of temporary files, and no others'.
  private static let suffix = ".tome-eval.tmp"

  /// Writes a temporary file beside `url`, syncs it to disk and renames it to `url`, replacing what was there.
  package static func write(_ bytes: [UInt8], to url: URL) throws(ImageError) {
    try writeUnlisted(bytes, to: url)
    try syncFolder(url.deletingLastPathComponent(), of: url)
  }

  /// The same, but that a power cut may leave what was there before, until ``syncFolder(_:)``: for many files of one
  /// folder, which is synced once, and for files that are made again where they are missing.
  package static func writeUnlisted(_ bytes: [UInt8], to url: URL) throws(ImageError) {
    let temporary = temporary(beside: url)
    do throws(SystemError) {
      try writeAndSync(bytes, path: temporary) { () throws(SystemError) in
        try SystemError.check(rename(temporary, url.path))
      }
    } catch {
      unlink(temporary)
      throw .unwritable(path: url.path, reason: error.reason)
    }
  }

  /// Gives a file that is there a second name, in the place of what has that, until ``syncFolder(_:)`` as above.
  ///
  /// - Returns: false where the file system cannot, as between two of them; then nothing was changed.
  package static func link(_ file: URL, to url: URL) throws(ImageError) -> Bool {
    let temporary = temporary(beside: url)
    // The file itself, where a symbolic link leads to it.
    guard Foundation.link(file.resolvingSymlinksInPath().path, temporary) == 0 else { return false }
    // Renaming does nothing where both are names of one file already.
    defer { unlink(temporary) }
    do throws(SystemError) { try SystemError.check(rename(temporary, url.path)) } catch {
      throw .unwritable(path: url.path, reason: error.reason)
    }
    return true
  }

  private static func temporary(beside url: URL) -> String {
    let number = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    return "\(url.deletingLastPathComponent().path)/.\(url.lastPathComponent).\(number)\(suffix)"
  }

  /// Removes the temporary files in a folder that nobody writes to any more. What cannot be removed stays.
  package static func clearLeftovers(in folder: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(suffix) {
      let path = folder.appendingPathComponent(name).path
      let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { continue }
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
      close(descriptor)
    }
  }

  /// - Parameter finish: done with the file while it is still locked.
  private static func writeAndSync(
    _ bytes: [UInt8], path: String, finish: () throws(SystemError) -> Void
  ) throws(SystemError) {
    let descriptor = try openLocked(path)
    defer { close(descriptor) }
    try WholeWrite.write(bytes, to: descriptor)
    try SystemError.check(fsync(descriptor))
    try finish()
  }

  /// Makes the file, and locks it. Who clears leftovers may come in between and take it for one: then it is made again.
  private static func openLocked(_ path: String) throws(SystemError) -> Int32 {
    while true {
      let descriptor = try SystemError.check(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666))
      // Where locks are unknown, nobody gets one.
      _ = flock(descriptor, LOCK_EX)
      var status = stat()
      if fstat(descriptor, &status) == 0, status.st_nlink > 0 { return descriptor }
      close(descriptor)
    }
  }

  /// Makes the names of the files in a folder durable.
  package static func syncFolder(_ folder: URL) throws(ImageError) { try syncFolder(folder, of: folder) }

  /// - Parameter subject: what an error is about
  private static func syncFolder(_ folder: URL, of subject: URL) throws(ImageError) {
    do throws(SystemError) {
      let descriptor = try SystemError.check(open(folder.path, O_RDONLY))
      defer { close(descriptor) }
      // Some network and FUSE file systems cannot sync folders; the file is in place all the same.
      guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw SystemError() }
    } catch {
      throw .unwritable(path: subject.path, reason: error.reason)
    }
  }
}
