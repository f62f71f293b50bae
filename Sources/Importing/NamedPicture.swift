public import Foundation

/// A picture's file, and what is said of it outside of it.
public struct NamedPicture: Hashable, Sendable {
  public let url: URL
  /// Of the manifest that names it; nil for one that was found in a folder.
  public let manifest: String?
  public let line: Int?
  public let facts: PictureFacts

  init(url: URL, manifest: String? = nil, line: Int? = nil, facts: PictureFacts = PictureFacts()) {
    self.url = url
    self.manifest = manifest
    self.line = line
    self.facts = facts
  }

  /// A problem of this picture, where the user can mend it.
  func problem(_ reason: String, kind: ImportProblem.Kind = .left) -> ImportProblem {
    guard let manifest else { return ImportProblem(url.path, reason, kind: kind) }
    return ImportProblem(manifest, line: line, "\(url.lastPathComponent): \(reason)", kind: kind)
  }
}
