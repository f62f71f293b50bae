import Foundation

/// Keeps a second sweep out of a run's folder for as long as the object lives; the
/// system lets go of it when the process ends, however it ends.
final class FolderLock {
  private let descriptor: Int32

  init(_ folder: URL) throws(EvaluationError) {
    let path = folder.appendingPathComponent(".lock").path
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw .unwritable(path: path, reason: String(cString: strerror(errno)))
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw .folderInUse(path: folder.path)
    }
  }

  deinit { close(descriptor) }
}
