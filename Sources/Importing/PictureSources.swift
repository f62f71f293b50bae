public import Foundation
import Files
import Pictures

/// The pictures that paths lead to.
public struct PictureSources: Sendable {
  public private(set) var pictures: [NamedPicture] = []
  public private(set) var problems: [ImportProblem] = []

  private static let suffixes: Set<String> = ["png", "jpg", "jpeg", "webp"]

  /// - Parameters:
  ///   - paths: of manifests, folders (with all pictures below them, or the manifest called so in it) and pictures
  ///   - layout: what the pictures' paths below their folder say; nil where they say nothing
  /// - Throws: ``ImportError``
  public init(_ paths: [URL], layout: FileLayout? = nil) throws(ImportError) {
    for path in paths {
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path.path, isDirectory: &isDirectory) else {
        throw .missing(path: path.path)
      }
      if !isDirectory.boolValue {
        try addFile(path, layout: layout)
      } else if layout == nil, let manifest = Self.manifest(in: path) {
        try add(Manifest(manifest))
      } else {
        addFolder(path, layout: layout)
      }
    }
    guard !pictures.isEmpty || !problems.isEmpty else { throw .nothingFound(paths: paths.map(\.path)) }
  }

  private static func manifest(in folder: URL) -> URL? {
    Manifest.suffixes.map { folder.appendingPathComponent("manifest.\($0)") }
      .first { FileManager.default.fileExists(atPath: $0.path) }
  }

  private mutating func add(_ manifest: Manifest) {
    pictures += manifest.pictures
    problems += manifest.problems
  }

  private mutating func addFile(_ url: URL, layout: FileLayout?) throws(ImportError) {
    let suffix = url.pathExtension.lowercased()
    if Manifest.suffixes.contains(suffix) {
      try add(Manifest(url))
    } else if Self.suffixes.contains(suffix) {
      add(url, path: url.lastPathComponent, layout: layout)
    } else {
      throw .unreadable(
        path: url.path, reason: "it is neither a folder, a picture nor a manifest (.csv, .tsv, .jsonl)")
    }
  }

  /// In alphabetical order, whatever the file system's is. Hidden files and what the tool itself puts beside a run's
  /// pictures are not pictures of anybody's.
  private mutating func addFolder(_ folder: URL, layout: FileLayout?) {
    let options: FileManager.DirectoryEnumerationOptions = [.skipsHiddenFiles]
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil, options: options)
    var paths: [String] = []
    while let url = found?.nextObject() as? URL {
      guard Self.suffixes.contains(url.pathExtension.lowercased()), let path = url.path(below: folder) else {
        continue
      }
      if !Self.ours.contains(String(path.prefix { $0 != "/" })) { paths.append(path) }
    }
    for path in paths.sorted() {
      add(folder.appendingPathComponent(path), path: path, layout: layout)
    }
  }

  /// Folders of a report.
  private static let ours: Set<String> = ["thumbnails", "differences"]

  private mutating func add(_ url: URL, path: String, layout: FileLayout?) {
    guard let layout else {
      pictures.append(NamedPicture(url: url))
      return
    }
    guard let facts = layout.facts(of: path) else {
      problems.append(
        ImportProblem(url.path, "its path does not say what layout '\(layout.text)' asks for"))
      return
    }
    pictures.append(NamedPicture(url: url, facts: facts))
  }
}
