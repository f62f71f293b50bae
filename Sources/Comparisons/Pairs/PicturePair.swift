import Images
import Metrics
import Pictures
import ResultStore

/// A finished picture of a run and the one that it is compared with.
struct PicturePair {
  let own: SampleRecord
  let ownPicture: PictureRecord
  let referencePicture: PictureRecord

  enum Outcome {
    case values([Measure: Double])
    /// As in `256x256 and 128x128`.
    case sizes(String)
    case unreadable
  }

  /// Nil unless both are there.
  init?(_ slot: Pairing.Slot) {
    guard let own = slot.own, own.state == .done, let ownPicture = own.picture,
      let reference = slot.reference, reference.state == .done, let referencePicture = reference.picture
    else { return nil }
    (self.own, self.ownPicture, self.referencePicture) = (own, ownPicture, referencePicture)
  }

  /// Whether it is known, without a look at the files, that both have the same pixels, bit by bit.
  var isIdentical: Bool { ownPicture.pixelHash.map { $0 == referencePicture.pixelHash } ?? false }

  /// Whether it can be known so.
  var hasHashes: Bool { ownPicture.pixelHash != nil && referencePicture.pixelHash != nil }

  /// What equal pictures have: no distance, and no PSNR.
  func valuesOfIdentical(_ measures: [Measure]) -> [Measure: Double] {
    let (width, height) = (ownPicture.width, ownPicture.height)
    let values = measures.compactMap { measure -> (Measure, Double)? in
      let metric = measure.metric
      guard metric != .psnr, metric.absence(width: width, height: height) == nil else { return nil }
      return (measure, metric.higherIsBetter ? 1 : 0)
    }
    return Dictionary(values, uniquingKeysWith: { first, _ in first })
  }

  /// - Parameter measures: of pixels
  func compared(_ own: PictureFolders, _ reference: PictureFolders, by measures: [Measure]) -> Outcome {
    let sizes = [ownPicture, referencePicture].map { "\($0.width)x\($0.height)" }
    guard sizes[0] == sizes[1] else { return .sizes(sizes.joined(separator: " and ")) }
    guard let images = images(own, reference),
      let differences = try? ImageDifferences(of: images.own, to: images.reference)
    else { return .unreadable }
    let values = measures.compactMap { measure in differences[measure.metric].map { (measure, $0) } }
    return .values(Dictionary(values, uniquingKeysWith: { first, _ in first }))
  }

  /// Nil where a file is not what was stored.
  func images(_ own: PictureFolders, _ reference: PictureFolders) -> (own: RGBImage, reference: RGBImage)? {
    guard let first = Self.image(ownPicture, in: own),
      let second = Self.image(referencePicture, in: reference)
    else { return nil }
    return (first, second)
  }

  private static func image(_ picture: PictureRecord, in folders: PictureFolders) -> RGBImage? {
    let file = StoredFile(try? folders.url(of: picture), hash: picture.fileHash)
    return file.state == .stored ? try? PNGCodec.decode(file.bytes).image : nil
  }
}

/// How many pictures of two runs are the same.
public struct PairIdentity: Hashable, Sendable {
  /// Pairs with equal pixels, bit by bit.
  public let identical: Int
  /// All pairs of which that is known.
  public let count: Int

  /// As in `24 of 24`.
  package var words: String { "\(identical) of \(count)" }
}

extension Pairing {
  /// Every pair of which both pictures are there.
  var picturePairs: [PicturePair] { entries.flatMap { slots(of: $0).compactMap(PicturePair.init) } }

  /// By the hashes of the pixels, or by the pixels where a store has no hashes; nil within a run, and where nothing is
  /// known.
  func identity(of slots: [Slot]) -> PairIdentity? {
    guard case .run = kind else { return nil }
    let meanDifference = pairScores?.measures.first { $0.metric == .mae }
    let known = slots.compactMap(PicturePair.init).compactMap { pair -> Bool? in
      if pair.hasHashes { return pair.isIdentical }
      return meanDifference.flatMap { pairScores?.value($0, of: pair.own) }.map { $0 == 0 }
    }
    return known.isEmpty ? nil : PairIdentity(identical: known.count(where: \.self), count: known.count)
  }

  /// Of CLIP-I by the checkpoint that counts first, where both runs have embeddings by it.
  var embeddingMeasure: Measure? {
    guard let clip = contents.scorer(.clip), referenceContents.scorer(.clip)?.scoresLike(clip) == true,
      !contents.embeddings.isEmpty, !referenceContents.embeddings.isEmpty
    else { return nil }
    return contents.measures.first { $0.metric == .clipImage && $0.scorer == clip }
  }
}
