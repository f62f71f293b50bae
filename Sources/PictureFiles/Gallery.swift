import Dispatch
package import Foundation
package import Pictures
package import ResultStore
import Synchronization

/// What a page shows of a run's pictures: the pictures themselves, thumbnails of large ones and heat maps of their
/// differences to the baseline, as files in the page's folder.
///
/// A file that is newer than what it is made from is left as it is, so that making a report again costs no more than
/// reading the pictures. One that is gone, damaged, out of the run's folders or another than was scored has a reason
/// instead of files.
package struct Gallery: Sendable {
  private let files: [Int64: PictureFiles]

  /// - Parameters:
  ///   - sources: Where the run's pictures are looked for.
  ///   - folder: The page's. Pictures that lie elsewhere are copied there.
  ///   - subfolder: Of the page's folder, for files of a run beside another's; empty for the folder itself.
  package init(
    _ contents: RunContents, from sources: PictureFolders, folder: URL, subfolder: String = ""
  ) throws(PictureFileError) {
    let maker = PictureFileMaker(
      sources: sources, page: folder,
      target: subfolder.isEmpty ? folder : folder.appendingPathComponent(subfolder))
    try maker.prepare()
    let baselineID = contents.baseline?.id
    // Pictures that share a baseline are made together, so that it is read once.
    let done = contents.samples.filter { $0.state == .done }
    let groups = Dictionary(grouping: done, by: \.place).values.map { samples in
      (
        baseline: samples.first { $0.variantID == baselineID },
        others: samples.filter { $0.variantID != baselineID }
      )
    }
    let results = Mutex<(files: [Int64: PictureFiles], error: PictureFileError?)>(([:], nil))
    DispatchQueue.concurrentPerform(iterations: groups.count) { index in
      guard results.withLock({ $0.error == nil }) else { return }
      do throws(PictureFileError) {
        let made = try maker.files(baseline: groups[index].baseline, others: groups[index].others)
        results.withLock { $0.files.merge(made) { first, _ in first } }
      } catch {
        results.withLock { $0.error = error }
      }
    }
    files = try results.withLock { results throws(PictureFileError) in
      if let error = results.error { throw error }
      return results.files
    }
  }

  /// By the samples' `id`.
  package init(files: [Int64: PictureFiles]) { self.files = files }

  /// All addresses, each once.
  var addresses: Set<String> {
    Set(files.values.flatMap { [$0.picture, $0.thumbnail, $0.difference].compactMap(\.self) })
  }

  package subscript(_ sample: SampleRecord?) -> PictureFiles {
    sample.flatMap { files[$0.id] } ?? PictureFiles()
  }

  /// The same pictures with other files.
  func mapping(
    _ change: (PictureFiles) throws(PictureFileError) -> PictureFiles
  ) throws(PictureFileError) -> Gallery {
    var changed: [Int64: PictureFiles] = [:]
    for (id, files) in files { changed[id] = try change(files) }
    return Gallery(files: changed)
  }
}
