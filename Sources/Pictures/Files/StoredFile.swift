import Digests
import Files
public import Foundation
public import Images

/// A picture's file as it is on disk now, beside what is known of it from when it was stored.
public struct StoredFile: Sendable {
  public enum State: String, Sendable, CaseIterable {
    /// Byte for byte what was stored.
    case stored
    case gone
    /// No picture any more, as when it was cut.
    case damaged
    /// Another picture, or the same written otherwise.
    case replaced
  }

  public let state: State
  /// None where the file is gone.
  public let bytes: [UInt8]
  /// Why it cannot be decoded; nil where it can, or nobody tried.
  public let damage: ImageError?

  /// What became of a file; one that is what was stored is never held as a whole.
  ///
  /// - Parameters: as of ``init(_:hash:)``
  public static func state(_ url: URL?, hash: String) -> State {
    guard let url, (try? digest(url.path)) == hash else { return StoredFile(url, hash: hash).state }
    return .stored
  }

  private static func digest(_ path: String) throws(FileProblem) -> String {
    let file = try RegularFile(path)
    var hash = SHA256()
    try file.forEachPiece { hash.update($0) }
    return hash.hexDigest()
  }

  /// Reads the file whole, and decodes it where it is not what was stored.
  ///
  /// - Parameters:
  ///   - url: nil where no file may be looked for.
  ///   - hash: SHA-256 of the file as it was stored.
  public init(_ url: URL?, hash: String) {
    // What is no plain file is no picture either: a pipe would be waited for.
    guard let data = url.flatMap({ try? RegularFile.contents($0.path, limit: PNGCodec.largestFile) }) else {
      (state, bytes, damage) = (.gone, [], nil)
      return
    }
    bytes = [UInt8](data)
    guard SHA256.hex(of: bytes) != hash else {
      (state, damage) = (.stored, nil)
      return
    }
    do throws(ImageError) {
      _ = try PNGCodec.decode(bytes)
      (state, damage) = (.replaced, nil)
    } catch {
      (state, damage) = (.damaged, error)
    }
  }
}
