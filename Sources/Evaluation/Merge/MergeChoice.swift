import Foundation
import Images
import Pictures
import ResultStore

/// Which of several stores' pictures of one sample is taken: the first whose file is what was stored, in an order that
/// does not depend on the order of the stores: the preferred ones', then by the time at which the process began that
/// made it, then by the stores' paths.
struct MergeChoice {
  /// A finished picture of one of the stores.
  struct Candidate {
    /// Its store's place in the list of them.
    let source: Int
    let sample: SampleRecord
    let picture: PictureRecord
    /// When the process began that made it.
    let began: Date
  }

  /// Nil where no file is what was stored.
  let chosen: Candidate?
  /// Whose files were looked at and are what was stored.
  let intact: [Candidate]
  /// Whose files are not, with what became of them.
  let damaged: [(candidate: Candidate, state: StoredFile.State)]

  /// - Parameters:
  ///   - sources: the preferred ones first, then by their paths
  ///   - looksAtAll: whether files are looked at after one that is what was stored
  init(_ candidates: [Candidate], sources: [MergeSource], looksAtAll: Bool) {
    func rank(_ candidate: Candidate) -> (Int, Date, Int) {
      (sources[candidate.source].isPreferred ? 0 : 1, candidate.began, candidate.source)
    }
    var intact: [Candidate] = []
    var damaged: [(Candidate, StoredFile.State)] = []
    for candidate in candidates.sorted(by: { rank($0) < rank($1) }) where looksAtAll || intact.isEmpty {
      let state = sources[candidate.source].folders.state(of: candidate.picture)
      if state == .stored { intact.append(candidate) } else { damaged.append((candidate, state)) }
    }
    (self.intact, self.damaged) = (intact, damaged)
    chosen = intact.first
  }

  /// The pictures that have other pixels than the one that was chosen.
  func others(sources: [MergeSource]) -> [Candidate] {
    guard let chosen, intact.count > 1 else { return [] }
    func pixels(_ candidate: Candidate) -> String? {
      if let hash = candidate.picture.pixelHash { return hash }
      // Of a store that kept none.
      let url = try? sources[candidate.source].folders.url(of: candidate.picture)
      return url.flatMap { try? PNGCodec.decode($0).image.hash }
    }
    return intact.dropFirst().filter { candidate in
      candidate.picture.fileHash != chosen.picture.fileHash && pixels(candidate) != pixels(chosen)
    }
  }
}
