import Metrics
import ResultStore

extension Pairing {
  /// How far the pictures of an entry lie as a set from those that they are compared with, see
  /// ``Metrics/SetDistance``; nil without embeddings by the same CLIP checkpoint.
  func setDistance(of entry: Entry, seed: UInt64) -> SetDistance? {
    guard let clip = contents.scorer(.clip), referenceContents.scorer(.clip)?.scoresLike(clip) == true else {
      return nil
    }
    return SetDistance(
      slots(of: entry).compactMap { slot in
        guard let own = slot.own?.picture.flatMap({ contents.embeddings[$0.fileHash] }),
          let reference = slot.reference?.picture.flatMap({ referenceContents.embeddings[$0.fileHash] })
        else { return nil }
        return .init(unit: unit(of: slot.prompt), own: own, reference: reference)
      }, seed: seed)
  }
}
