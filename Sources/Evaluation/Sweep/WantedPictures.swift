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
    guard sample.state == .done, let picture = sample.picture else { return nil }
    let file = StoredFile(try? folders.url(of: picture), hash: picture.fileHash)
    guard file.state == .stored else { return nil }
    guard picture.pixelHash == nil else { return sample }
    guard let image = try? PNGCodec.decode(file.bytes).image else { return nil }
    return try store.complete(sample, pixelHash: image.hash, width: image.width, height: image.height)
  }
}
