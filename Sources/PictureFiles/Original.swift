import Foundation
import Images
import Pictures
import ResultStore

/// A picture of the run: read once, to know that it is the one that was scored, and decoded only where its pixels are
/// needed.
final class Original {
  /// What decides its pixels.
  let key: String
  /// Below the run's folder, or a folder of its own name for one that lies elsewhere: what it is called in a page's
  /// folder.
  let name: String
  /// Nil when it may not be read.
  let url: URL?
  /// Nil when the file is gone.
  let time: FileTime?
  let isLarge: Bool
  private(set) var problem: String?
  /// The file as it is.
  let bytes: [UInt8]
  private var image: RGBImage?

  init(_ sample: SampleRecord, _ picture: PictureRecord, in folders: PictureFolders) {
    key = sample.contentKey
    isLarge = Thumbnail.isNeeded(width: picture.width, height: picture.height)
    do throws(PicturePathError) {
      let url = try folders.url(of: picture.path, base: picture.base)
      let file = StoredFile(url, hash: picture.fileHash)
      name = url.path(below: folders.output) ?? "store/\(picture.path)"
      time = FileTime(url, followsLinks: true)
      (self.url, bytes) = (url, file.bytes)
      problem = file.problem(of: name)
    } catch {
      (url, time, name, bytes) = (nil, nil, picture.path.text, [])
      problem = "The file \(picture.path) cannot be shown: \(error.reason)"
    }
  }

  @discardableResult func decode() -> RGBImage? {
    if let image { return image }
    guard problem == nil else { return nil }
    do throws(ImageError) { image = try PNGCodec.decode(bytes).image } catch {
      problem = error.problem(of: name)
    }
    return image
  }
}

extension StoredFile {
  /// Why it cannot be shown; nil where it is what was stored.
  fileprivate func problem(of name: String) -> String? {
    switch state {
    case .stored: nil
    case .gone: "The file \(name) is gone"
    case .damaged: damage?.problem(of: name)
    case .replaced: "The file \(name) was replaced since it was scored"
    }
  }
}

extension ImageError {
  /// Why a file cannot be shown.
  func problem(of name: String) -> String {
    if case .invalidPNG(_, let reason) = self { return "The file \(name) is damaged: \(reason)" }
    return "The file \(name) cannot be shown: \(self)"
  }
}
