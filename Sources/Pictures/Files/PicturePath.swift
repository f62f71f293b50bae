public import Foundation
import Wording

/// Where a picture's file lies below a folder that the user named.
///
/// What comes from a store or a manifest is only believed to be a path when it cannot lead anywhere else: it is
/// relative, has neither `..` nor a scheme, and ends as pictures do.
public struct PicturePath: Hashable, Sendable, CustomStringConvertible {
  /// With `/` between its components.
  public let text: String

  private static let suffixes = ["png", "jpg", "jpeg", "webp"]

  /// - Throws: ``PicturePathError`` that says what is wrong with the text.
  public init(_ text: String) throws(PicturePathError) {
    func wrong(_ reason: String) -> PicturePathError { PicturePathError(text: text, reason: reason) }
    let components = text.parts(between: "/")
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F || $0 == "\\" }) else {
      throw wrong("it holds a control character or a backslash")
    }
    guard text.unicodeScalars.first != "/" else { throw wrong("it is absolute") }
    guard !components.contains(where: { ["", ".", ".."].contains($0) }) else {
      throw wrong("it has an empty component, '.' or '..'")
    }
    guard components.first?.unicodeScalars.contains(":") == false else {
      throw wrong("it begins with a scheme")
    }
    let parts = String(components.last ?? "").parts(between: ".")
    guard parts.count > 1, let suffix = parts.last?.lowercased(), Self.suffixes.contains(suffix) else {
      throw wrong("it does not end with \(Self.suffixes.map { "." + $0 }.joined(separator: ", "))")
    }
    self.text = text
  }

  public var description: String { text }

  /// The path of the same file from a folder above: `folder` before it.
  /// - Parameter folder: relative, with `/` between its components; empty for the same folder
  /// - Throws: ``PicturePathError`` when that is no path.
  public func below(_ folder: String) throws(PicturePathError) -> PicturePath {
    folder.isEmpty ? self : try PicturePath("\(folder)/\(text)")
  }
}

extension PicturePath: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      try self.init(container.decode(String.self))
    } catch let error as PicturePathError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(error)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

/// A text that is no ``PicturePath``.
public struct PicturePathError: Error, Equatable, CustomStringConvertible {
  public let text: String
  public let reason: String

  public var description: String { "'\(text)' is no path of a picture: \(reason)" }
}

/// What a stored path is relative to.
public enum PictureBase: String, Sendable, Codable {
  /// The folder of the store's file, as for all pictures below it: wherever both are moved to, they stay together.
  case store
  /// The run's folder, which the user names: for a store that lies elsewhere.
  case output
}

/// The folders that pictures are looked for in, and nowhere else.
public struct PictureFolders: Sendable {
  /// Where a sweep puts pictures, below the run's folder.
  package static let pictures = "images"

  /// Of the store's file.
  public let store: URL
  /// Of the run.
  public let output: URL

  public init(store: URL, output: URL) {
    self.store = store.standardizedFileURL
    self.output = output.standardizedFileURL
  }

  private func folder(_ base: PictureBase) -> URL { base == .store ? store : output }

  /// Where the file is, or would be.
  ///
  /// - Throws: ``PicturePathError`` when a link on the way leads out of the folder.
  public func url(of path: PicturePath, base: PictureBase) throws(PicturePathError) -> URL {
    let folder = folder(base)
    let url = folder.appendingPathComponent(path.text)
    guard url.resolvingSymlinksInPath().path(below: folder.resolvingSymlinksInPath()) != nil else {
      throw PicturePathError(text: path.text, reason: "a link leads out of \(folder.path)")
    }
    return url
  }

  /// How the file at `path` below the run's folder is stored.
  public func location(ofOutput path: PicturePath) -> (path: PicturePath, base: PictureBase) {
    guard let folder = output.path(below: store), let below = try? path.below(folder) else {
      return (path, .output)
    }
    return (below, .store)
  }
}

extension URL {
  /// The way from a folder to this one or this file in it, with `/` between its components: empty for the folder
  /// itself, nil when this lies elsewhere.
  package func path(below folder: URL) -> String? {
    let (outer, inner) = (folder.standardizedFileURL.pathComponents, standardizedFileURL.pathComponents)
    guard inner.starts(with: outer) else { return nil }
    return inner.dropFirst(outer.count).joined(separator: "/")
  }
}
