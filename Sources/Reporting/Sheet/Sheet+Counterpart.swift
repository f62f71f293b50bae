import Comparisons
import ResultStore

extension Sheet {
  /// What a picture is compared with where that is the same one of another run.
  struct Counterpart {
    /// Names it within the row.
    let name: String
    /// Nil where it is not there.
    let sample: SampleRecord?
    /// Of the other run.
    let index: SampleIndex
    let pairing: Pairing

    /// The counterpart's own score; nil by another checkpoint.
    func score(_ measure: Measure?) -> Double? { index.score(pairing.counterpart(of: measure), of: sample) }

    /// Of the picture against the counterpart; nil where nobody measured it.
    func value(_ measure: Measure, of own: SampleRecord?) -> Double? {
      own.flatMap { pairing.pairScores?.value(measure, of: $0) }
    }

    /// Whether both have the same pixels, by their hashes.
    func isIdentical(to own: SampleRecord?) -> Bool {
      guard own?.state == .done, sample?.state == .done, let hash = own?.picture?.pixelHash else {
        return false
      }
      return hash == sample?.picture?.pixelHash
    }
  }
}
