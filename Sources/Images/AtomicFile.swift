public import Foundation

/// Writes files that exist whole or not at all, also after a crash or a power cut.
public enum AtomicFile {
  /// Writes a temporary file beside `url`, syncs it to disk and renames it to `url`, replacing what was there.
  public static func write(_ bytes: [UInt8], to url: URL) throws(ImageError) {
    let folder = url.deletingLastPathComponent().path
    let suffix = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let temporary = "\(folder)/.\(url.lastPathComponent).\(suffix).tmp"
    do throws(SystemError) {
      try writeAndSync(bytes, path: temporary)
      try check(rename(temporary, url.path))
      try syncFolder(folder)
    } catch {
      unlink(temporary)
      throw .unwritable(path: url.path, reason: error.reason)
    }
  }

  private struct SystemError: Error {
    let reason = String(cString: strerror(errno))
  }

  private static func check(_ result: Int32) throws(SystemError) {
    if result < 0 { throw SystemError() }
  }

  private static func writeAndSync(_ bytes: [UInt8], path: String) throws(SystemError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o666)
    try check(descriptor)
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Foundation.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      guard count >= 0 || errno == EINTR else { throw SystemError() }
      written += max(count, 0)
    }
    try check(fsync(descriptor))
  }

  /// Makes the rename itself durable.
  private static func syncFolder(_ path: String) throws(SystemError) {
    let descriptor = open(path, O_RDONLY)
    try check(descriptor)
    defer { close(descriptor) }
    // Some network and FUSE file systems cannot sync folders; the file is in place all the same.
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP else { throw SystemError() }
  }
}
