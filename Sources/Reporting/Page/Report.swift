public import Foundation
import Images
public import ResultStore

/// The page that people open: about one run, or about two side by side.
///
/// Everything on it comes from the results in the store and the pictures beside them; no model is run.
public struct Report: Sendable {
  /// A run with what is said about it.
  public struct Source: Sendable {
    public let contents: RunContents
    /// The run's variants with its baseline; the same value behind `compare`.
    public let comparison: Comparison
    /// What the samples' image paths are relative to.
    public let folder: URL

    public init(_ contents: RunContents, comparison: Comparison, folder: URL) {
      self.contents = contents
      self.comparison = comparison
      self.folder = folder
    }
  }

  /// One or two.
  let sources: [Source]
  /// The first run against the second.
  let versus: Comparison?
  /// Of a sweep that is still running: makes the page load itself again.
  public var progress: LiveProgress?

  public init(_ source: Source, progress: LiveProgress? = nil) {
    sources = [source]
    versus = nil
    self.progress = progress
  }

  /// Two runs side by side: both tables, and the pictures of both for every prompt and seed.
  /// - Throws: ``ReportError/incomparable(runs:reason:)`` for runs without a common picture to compare.
  public init(_ source: Source, beside other: Source) throws(ReportError) {
    let names = [source.contents.run.name, other.contents.run.name]
    let match = RunMatch(source.contents, other.contents)
    if let reason = match.obstacle { throw .incomparable(runs: names, reason: reason) }
    sources = [source, other]
    versus = Comparison(
      Pairing(source.contents, against: other.contents), bootstrap: source.comparison.bootstrap)
  }

  /// What the page's file is called, without its extension.
  var name: String { sources.count == 1 ? "index" : "comparison" }

  /// Writes the page into a folder, with thumbnails, heat maps and tables beside it, and the pictures where it is
  /// not the run's own folder.
  /// - Returns: the page.
  @discardableResult
  public func write(to folder: URL) throws(ReportError) -> URL {
    let page = folder.appendingPathComponent(name + ".html")
    try Self.makeFolder(folder, for: page)
    let galleries = try sources.enumerated().map { index, source throws(ReportError) in
      try Gallery(
        source.contents, runFolder: source.folder, folder: folder, subfolder: subfolder(of: index))
    }
    let prefix = sources.count == 1 ? "" : name + "-"
    let summary = ReportSummary(self, galleries) { prefix + $0 }
    for download in summary.tables {
      try Self.write(download.text, to: folder.appendingPathComponent(prefix + download.name))
    }
    try Self.write(ContactSheet(summary).html(), to: page)
    return page
  }

  /// Writes the page as one file that holds everything, the pictures too.
  /// - Returns: the file's size in bytes.
  /// - Throws: ``ReportError/tooLarge(path:bytes:)`` for more than browsers can show.
  @discardableResult
  public func writeSingleFile(to file: URL) throws(ReportError) -> Int {
    try Self.makeFolder(file.deletingLastPathComponent(), for: file)
    let galleries = try sources.map { source throws(ReportError) in
      try Gallery(source.contents, runFolder: source.folder, folder: source.folder)
    }
    let bytes = zip(galleries, sources).reduce(0) { $0 + $1.0.embeddedSize(from: $1.1.folder) }
    guard bytes <= Self.largestFile else { throw .tooLarge(path: file.path, bytes: bytes) }
    let embedded = try zip(galleries, sources).map { gallery, source throws(ReportError) in
      try gallery.embedded(from: source.folder)
    }
    let summary = ReportSummary(self, embedded, isSingleFile: true) { _ in nil }
    let html = try ContactSheet(summary).html()
    try Self.write(html, to: file)
    return html.utf8.count
  }

  /// What a browser still loads as one text.
  private static let largestFile = 500_000_000

  /// Where the files of a run go in the page's folder: apart where two folders meet in it, in which the same name
  /// may mean another picture.
  private func subfolder(of index: Int) -> String {
    guard index > 0,
      sources[index].folder.standardizedFileURL != sources[0].folder.standardizedFileURL
    else { return "" }
    let name = sources[index].contents.run.name.filter {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
    }
    return "run-" + name
  }

  private static func makeFolder(_ folder: URL, for page: URL) throws(ReportError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .unwritable(path: page.path, reason: error.localizedDescription)
    }
  }

  private static func write(_ text: String, to file: URL) throws(ReportError) {
    do {
      try AtomicFile.write(Array(text.utf8), to: file)
    } catch {
      guard case .unwritable(let path, let reason) = error else {
        throw .unwritable(path: file.path, reason: "\(error)")
      }
      throw .unwritable(path: path, reason: reason)
    }
  }
}
