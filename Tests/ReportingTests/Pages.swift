import Comparisons
import Foundation
import PictureFiles
import Pictures
import ResultStore
import SyntheticRuns

@testable import Reporting

extension Gallery {
  /// Of a run in a folder, for a page in the same.
  init(_ contents: RunContents, in folder: URL) throws {
    try self.init(contents, from: PictureFolders(folder), folder: folder)
  }
}

extension Report.Source {
  init(_ contents: RunContents, in folder: URL) {
    self.init(Comparison(contents), folders: PictureFolders(folder))
  }
}

extension ContactSheet {
  /// Of one run, with its tables beside the page.
  init(_ contents: RunContents, _ comparison: Comparison, _ gallery: Gallery) throws {
    let source = Report.Source(
      comparison, folders: PictureFolders(URL(fileURLWithPath: ".")))
    self.init(ReportSummary(try Report(sources: [source]), [gallery]) { $0 })
  }
}
