import Images
import Metrics
import Pictures
import ResultStore
import Synchronization

/// The pictures that were decoded last: a baseline is compared with every variant, and each by several scorers.
final class RecentPictures: Sendable {
  private let folders: PictureFolders
  /// The last one that was asked for at the end.
  private let decoded = Mutex<[(hash: String, image: RGBImage)]>([])
  /// Of the baseline that a picture was last compared with.
  private let measured = Mutex<(hash: String, measured: DifferenceBaseline)?>(nil)
  /// A picture and its baseline.
  private static let kept = 2

  init(_ folders: PictureFolders) { self.folders = folders }

  func image(_ sample: SampleRecord) throws -> RGBImage {
    guard let picture = sample.picture else { preconditionFailure("a sample that is done has a picture") }
    let known = decoded.withLock { decoded -> RGBImage? in
      guard let index = decoded.firstIndex(where: { $0.hash == picture.fileHash }) else {
        // Before another one is decoded: never are there more than are kept.
        if decoded.count == Self.kept { decoded.removeFirst() }
        return nil
      }
      decoded.append(decoded.remove(at: index))
      return decoded.last?.image
    }
    if let known { return known }
    let image = try PNGCodec.decode(folders.url(of: picture)).image
    decoded.withLock { $0.append((picture.fileHash, image)) }
    return image
  }

  /// What is measured of a baseline for all pictures that are compared with it.
  func measured(_ sample: SampleRecord) throws -> DifferenceBaseline {
    if let known = measured.withLock({ $0 }), known.hash == sample.picture?.fileHash { return known.measured }
    let new = DifferenceBaseline(try image(sample))
    measured.withLock { $0 = sample.picture.map { ($0.fileHash, new) } }
    return new
  }
}
