import Digests
import Foundation
import Images
import Pictures
import ResultStore

/// Tells the pictures of a run that are there from those that are still wanted.
struct WantedPictures {
  let store: ResultStore
  let folders: PictureFolders

  /// Whether the sample's picture is on disk as it was stored.
  ///
  /// A picture of a store that kept no hash of pixels gets it now.
  /// - Returns: the sample as it is stored then; nil when its picture is wanted.
  func present(_ sample: SampleRecord) throws -> SampleRecord? {
    guard sample.state == .done, let picture = sample.picture, let file = try? folders.url(of: picture),
      let data = FileManager.default.contents(atPath: file.path)
    else { return nil }
    let bytes = [UInt8](data)
    guard SHA256.hex(of: bytes) == picture.fileHash else { return nil }
    guard picture.pixelHash == nil else { return sample }
    guard let image = try? PNGCodec.decode(bytes).image else { return nil }
    return try store.complete(sample, pixelHash: image.hash, width: image.width, height: image.height)
  }
}
