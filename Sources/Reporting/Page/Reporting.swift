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
    try Report(Report.Source(contents, comparison: comparison, folder: runFolder)).write(to: folder)
  }
}
