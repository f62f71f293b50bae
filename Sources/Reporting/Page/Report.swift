public import Comparisons
import Files
public import Foundation
import Images
import PictureFiles
public import Pictures
public import ResultStore

/// The page that people open: about one run, or about several side by side.
///
/// Everything on it comes from the results in the store and the pictures beside them; no model is run.
public struct Report: Sendable {
  /// A run with what is said about it.
  public struct Source: Sendable {
    /// The run's variants with its baseline; the same value behind `compare`.
    public let comparison: Comparison
    /// Where its pictures are.
    public let folders: PictureFolders

    public init(_ comparison: Comparison, folders: PictureFolders) {
      self.comparison = comparison
      self.folders = folders
    }

    public var contents: RunContents { comparison.pairing.contents }
  }

  /// One at least.
  let sources: [Source]
  /// Each run against the one that it is compared with.
  let versus: [Versus]
  /// Whether the sheet has the rows, too, that only one run has.
  let showsAllRows: Bool
  /// Of a sweep that is still running: makes the page load itself again.
  public var progress: LiveProgress?

  /// Of several runs the page has each one's tables, those of the runs against each other, and the pictures of all for
  /// every prompt and seed.
  /// - Parameters:
  ///   - beside: How several runs stand beside each other; nil for the others against the first.
  ///   - comparing: Told how many pairs of the runs' pictures are compared, and of how many.
  /// - Throws: ``ReportError/incomparable(runs:reason:)`` for a run without a common picture with the one that it is
  ///   compared with.
  /// - Precondition: there is a source.
  public init(
    sources: [Source], beside: Beside? = nil, progress: LiveProgress? = nil,
    comparing: @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws(ReportError) {
    precondition(!sources.isEmpty, "a report about no run")
    let beside = beside ?? Beside(pairs: sources.indices.dropFirst().map { (own: $0, reference: 0) })
    for pair in beside.pairs {
      let (own, reference) = (sources[pair.own].contents, sources[pair.reference].contents)
      if let reason = RunMatch(own, reference).obstacle {
        throw .incomparable(runs: [own.run.name, reference.run.name], reason: reason)
      }
    }
    self.sources = sources
    versus = beside.pairs.map { pair in
      let (own, reference) = (sources[pair.own], sources[pair.reference])
      var pairing = Pairing(own.contents, against: reference.contents)
      if beside.measuresPixels {
        pairing = pairing.scored(
          by: PairScores(
            pairing, own: own.folders, reference: reference.folders, distances: beside.distances,
            progress: comparing))
      }
      return Versus(
        comparison: Comparison(pairing, bootstrap: sources[0].comparison.bootstrap), own: pair.own,
        reference: pair.reference)
    }
    showsAllRows = beside.showsAllRows
    self.progress = progress
  }

  /// What the page's file is called, without its extension.
  var name: String { sources.count == 1 ? "index" : "comparison" }

  /// Writes the page into a folder, with thumbnails, heat maps and tables beside it, and with the pictures that do not
  /// lie there, so that the folder can be opened, moved and sent as it is.
  /// - Returns: the page.
  @discardableResult
  public func write(to folder: URL) throws(ReportError) -> URL {
    let page = folder.appendingPathComponent(name + ".html")
    try Self.makeFolder(folder, for: page)
    let subfolders = subfolders
    let galleries = try self.galleries { index, source throws(PictureFileError) in
      try Gallery(source.contents, from: source.folders, folder: folder, subfolder: subfolders[index])
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
    let galleries = try self.galleries { _, source throws(PictureFileError) in
      try Gallery(source.contents, from: source.folders, folder: source.folders.output)
    }
    let bytes = zip(galleries, sources).reduce(0) { $0 + $1.0.embeddedSize(from: $1.1.folders.output) }
    guard bytes <= Self.largestFile else { throw .tooLarge(path: file.path, bytes: bytes) }
    let embedded = try self.galleries { index, source throws(PictureFileError) in
      try galleries[index].embedded(from: source.folders.output)
    }
    let summary = ReportSummary(self, embedded, isSingleFile: true) { _ in nil }
    let html = try ContactSheet(summary).html()
    try Self.write(html, to: file, NamedFile.write)
    return html.utf8.count
  }

  /// What a browser still loads as one text.
  private static let largestFile = 500_000_000

  /// One of every source.
  private func galleries(
    _ make: (Int, Source) throws(PictureFileError) -> Gallery
  ) throws(ReportError) -> [Gallery] {
    do throws(PictureFileError) {
      return try sources.enumerated().map { index, source throws(PictureFileError) in
        try make(index, source)
      }
    } catch {
      throw .pictures(error)
    }
  }

  /// Of the page's folder, one a run: apart where two runs' folders meet in it, in which the same name may mean
  /// another picture. The first run's is the page's own.
  var subfolders: [String] {
    var known: [(source: Source, name: String)] = []
    for source in sources {
      if let twin = known.first(where: { $0.source.folders.output == source.folders.output }) {
        known.append((source, twin.name))
        continue
      }
      let run = source.contents.run.name.filter {
        $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
      }
      let isTaken = known.contains { $0.name == "run-" + run }
      let name = "run-\(run)" + (isTaken ? "-\(RunMark.letter(known.count))" : "")
      known.append((source, known.isEmpty ? "" : name))
    }
    return known.map(\.name)
  }

  /// Also clears away what a killed process left half written there.
  private static func makeFolder(_ folder: URL, for page: URL) throws(ReportError) {
    do throws(FileProblem) { try Folder.make(folder.path) } catch {
      throw .unwritable(path: page.path, reason: error.reason)
    }
    AtomicFile.clearLeftovers(in: folder)
  }

  private static func write(
    _ text: String, to file: URL, _ write: ([UInt8], URL) throws(ImageError) -> Void = AtomicFile.write
  ) throws(ReportError) {
    do {
      try write(Array(text.utf8), file)
    } catch {
      guard case .unwritable(let path, let reason) = error else {
        throw .unwritable(path: file.path, reason: "\(error)")
      }
      throw .unwritable(path: path, reason: reason)
    }
  }
}
