import Files
import Foundation
import Images
import Pictures
import ResultStore

/// The folder of a run, kept for one sweep at a time: its pictures, and where a store says that they are.
final class RunFolder {
  let folders: PictureFolders
  private let url: URL
  private let locks: [FileLock]

  /// Makes the folder, takes its lock and that of the run in its store, since one run may be swept into two folders,
  /// and clears away files that a killed sweep left half written.
  ///
  /// - Parameter key: of the run
  /// - Throws: ``EvaluationError``
  init(_ url: URL, store: ResultStore, key: String) throws {
    self.url = url
    folders = PictureFolders(store: store.folder, output: url)
    let images = url.appendingPathComponent(PictureFolders.pictures)
    do throws(FileProblem) { try Folder.make(images.path) } catch {
      throw EvaluationError.unwritable(path: images.path, reason: error.reason)
    }
    // No picture would be found again through a link that leads out.
    guard images.resolvingSymlinksInPath().path(below: url.resolvingSymlinksInPath()) != nil else {
      throw EvaluationError.unwritable(path: images.path, reason: "a link leads out of \(url.path)")
    }
    let file = URL(fileURLWithPath: store.path).lastPathComponent
    locks = [
      try FileLock(url.appendingPathComponent(".lock"), of: url.path),
      try FileLock(
        store.folder.appendingPathComponent(".\(file)-\(key.prefix(16)).lock"),
        of: "\(store.path), run \(key.prefix(8))"),
    ]
    AtomicFile.clearLeftovers(in: images)
  }

  /// Makes the names of the run's pictures durable.
  /// - Throws: `ImageError`
  func syncPictures() throws(ImageError) {
    try AtomicFile.syncFolder(url.appendingPathComponent(PictureFolders.pictures))
  }

  /// Where the file at `path` below the folder is.
  func url(ofOutput path: PicturePath) -> URL { url.appendingPathComponent(path.text) }
}
