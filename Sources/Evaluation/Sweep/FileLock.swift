import Foundation

/// Keeps a second process out of what a file stands for, for as long as the object lives; the
/// system lets go of it when the process ends, however it ends.
final class FileLock {
  private let descriptor: Int32
  private let path: String

  /// - Parameter subject: what is locked, for the message
  /// - Throws: ``EvaluationError/unwritable(path:reason:)``, ``EvaluationError/inUse(subject:)``
  init(_ file: URL, of subject: String) throws(EvaluationError) {
    path = file.path
    while true {
      let opened = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
      guard opened >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
      guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
        close(opened)
        throw .inUse(subject: subject)
      }
      // Who held it before may have removed the file meanwhile: a lock of nothing.
      if Self.isSame(opened, path) {
        descriptor = opened
        return
      }
      close(opened)
    }
  }

  deinit {
    unlink(path)
    close(descriptor)
  }

  private static func isSame(_ descriptor: Int32, _ path: String) -> Bool {
    var (own, named) = (stat(), stat())
    return fstat(descriptor, &own) == 0 && stat(path, &named) == 0
      && (own.st_dev, own.st_ino) == (named.st_dev, named.st_ino)
  }
}
