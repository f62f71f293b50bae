import Dispatch
import Foundation
import Images
import ResultStore
import Synchronization

/// What a page shows of a run's pictures: the pictures themselves, thumbnails of large ones and heat maps of their
/// differences to the baseline, as files in the page's folder.
///
/// A file that is newer than what it is made from is left as it is, so that making a report again costs a look at
/// the folder. A picture that is gone or damaged has a reason instead of files.
struct Gallery: Sendable {
  private let files: [Int64: PictureFiles]

  /// - Parameters:
  ///   - runFolder: What the samples' image paths are relative to.
  ///   - folder: The page's. Pictures are copied there when it is another one.
  ///   - subfolder: Of the page's folder, for files of a run beside another's; empty for the folder itself.
  /// - Throws: ``ReportError/unwritable(path:reason:)``
  init(_ contents: RunContents, runFolder: URL, folder: URL, subfolder: String = "") throws(ReportError) {
    let place = subfolder.isEmpty ? folder : folder.appendingPathComponent(subfolder)
    let maker = PictureFileMaker(
      contents: contents, source: runFolder, target: place,
      prefix: subfolder.isEmpty ? "" : subfolder + "/")
    try maker.prepare()
    let baselineID = contents.variants.first(where: \.isBaseline)?.id
    let done = contents.samples.filter { $0.state == .done && $0.imagePath != nil }
    // Pictures that share a baseline are made together, so that it is read once.
    let groups = Dictionary(grouping: done) { [$0.promptID, Int64($0.seed)] }.values.map { samples in
      (
        baseline: samples.first { $0.variantID == baselineID },
        others: samples.filter { $0.variantID != baselineID }
      )
    }
    let results = Mutex<(files: [Int64: PictureFiles], error: ReportError?)>(([:], nil))
    DispatchQueue.concurrentPerform(iterations: groups.count) { index in
      guard results.withLock({ $0.error == nil }) else { return }
      do throws(ReportError) {
        let made = try maker.files(baseline: groups[index].baseline, others: groups[index].others)
        results.withLock { $0.files.merge(made) { first, _ in first } }
      } catch {
        results.withLock { $0.error = error }
      }
    }
    files = try results.withLock { results throws(ReportError) in
      if let error = results.error { throw error }
      return results.files
    }
  }

  /// All addresses, each once.
  var addresses: Set<String> {
    Set(files.values.flatMap { [$0.picture, $0.thumbnail, $0.difference].compactMap(\.self) })
  }

  subscript(_ sample: SampleRecord?) -> PictureFiles {
    sample.flatMap { files[$0.id] } ?? PictureFiles()
  }

  /// The same files with other addresses.
  func mapping(_ change: (PictureFiles) throws(ReportError) -> PictureFiles) throws(ReportError) -> Gallery {
    var changed: [Int64: PictureFiles] = [:]
    for (id, files) in files { changed[id] = try change(files) }
    return Gallery(files: changed)
  }

  /// By the samples' `id`.
  init(files: [Int64: PictureFiles]) { self.files = files }
}
