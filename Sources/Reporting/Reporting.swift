public import Foundation
public import ResultStore

/// Writes what people read of a run.
public enum Reporting {
  /// Writes the contact sheet of a run as `index.html` and returns where it is.
  ///
  /// The page shows the run's own PNG files: they stay where they are when `folder` is the run's folder, and are
  /// copied beside the page otherwise, so that the folder can be opened, moved and sent as it is.
  /// - Parameters:
  ///   - runFolder: The folder that the samples' image paths are relative to.
  ///   - folder: Where the page goes; made when it is not there.
  ///   - comparison: The statistics to show; the same value behind `compare`.
  @discardableResult
  public static func writeContactSheet(
    contents: RunContents, comparison: Comparison, runFolder: URL, to folder: URL
  ) throws(ReportError) -> URL {
    let page = folder.appendingPathComponent("index.html")
    let html = try ContactSheet(contents, comparison, runFolder: runFolder).html()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      if folder.standardizedFileURL != runFolder.standardizedFileURL {
        try copyImages(contents, from: runFolder, to: folder)
      }
      try Data(html.utf8).write(to: page, options: .atomic)
    } catch {
      throw .unwritable(path: page.path, reason: error.localizedDescription)
    }
    return page
  }

  /// A picture that is there already is of the same run and content: names carry a hash.
  private static func copyImages(_ contents: RunContents, from runFolder: URL, to folder: URL) throws {
    for path in contents.samples.compactMap(\.imagePath) {
      let source = runFolder.appendingPathComponent(path)
      let target = folder.appendingPathComponent(path)
      guard FileManager.default.fileExists(atPath: source.path),
        !FileManager.default.fileExists(atPath: target.path)
      else { continue }
      try FileManager.default.createDirectory(
        at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: source, to: target)
    }
  }
}
