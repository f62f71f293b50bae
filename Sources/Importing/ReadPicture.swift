import Digests
import Files
public import Foundation
public import Images
import Pictures
import Workflows

/// A picture from elsewhere, looked at: what is said of it, what it is, and its file.
public struct ReadPicture: Hashable, Sendable {
  public let name: NamedPicture
  public let facts: PictureFacts
  public let format: PictureFormat
  public let size: PictureSize
  /// SHA-256 of the file.
  public let fileHash: String
  /// SHA-256 of size and pixels, see `RGBImage.hash`.
  public let pixelHash: String
  public let isLossy: Bool
  /// What its file says differently from its manifest or its path.
  let contradictions: [String]

  public var url: URL { name.url }

  /// Reads a picture's file whole.
  ///
  /// What is said outside of the file (by a manifest, by its path) counts first, then what it says itself, then a text
  /// file of the same name.
  /// - Throws: ``ImportProblem``
  init(_ name: NamedPicture) throws(ImportProblem) {
    self.name = name
    let bytes: [UInt8]
    do throws(FileProblem) {
      bytes = [UInt8](try RegularFile.contents(name.url.path, limit: PNGCodec.largestFile))
    } catch {
      throw name.problem(error == .missing ? "no such file" : "cannot be read: \(error.reason)")
    }
    let picture: DecodedPicture
    do throws(ImageError) {
      picture = try PictureCodec.decode(bytes, path: name.url.path)
    } catch {
      throw name.problem("\(error)".replacing("\(name.url.path): ", with: ""))
    }
    let inside = Self.facts(picture, url: name.url)
    var facts = name.facts
    contradictions = inside.map(facts.contradictions) ?? []
    if let inside { facts.fill(from: inside) }
    self.facts = facts
    format = picture.format
    size = PictureSize(width: picture.image.width, height: picture.image.height)
    fileHash = SHA256.hex(of: bytes)
    pixelHash = picture.image.hash
    isLossy = picture.isLossy
  }

  private static func facts(_ picture: DecodedPicture, url: URL) -> PictureFacts? {
    func chunk(_ key: String) -> String? { picture.text.first { $0.key == key }?.value }
    let comment = picture.exif.flatMap(ExifComment.text)
    for text in [chunk("parameters"), comment, sidecar(of: url)] {
      if let facts = text.map(Infotext.init(parsing:))?.facts { return facts }
    }
    return chunk("prompt").flatMap(ComfyWorkflow.init)?.facts
  }

  /// Bytes of the longest text beside a picture that is read.
  private static let longestText = 1 << 20

  /// The text file that web UIs write beside a picture when asked to.
  private static func sidecar(of url: URL) -> String? {
    let file = url.deletingPathExtension().appendingPathExtension("txt")
    return (try? RegularFile.contents(file.path, limit: longestText)).flatMap {
      String(validating: $0, as: UTF8.self)
    }
  }
}
