import Metrics
public import Pictures
public import ResultStore

/// A picture among those that lost most.
public struct WorstPicture: Sendable {
  /// Of the run's sample.
  public let sampleID: Int64
  public let prompt: String
  public let seed: Seed
  public let variant: String
  /// By the comparison's measure.
  public let score: Double
  public let reference: Double?
  /// Score minus reference; nil where the measure itself compares with the baseline, or with the other run's picture.
  public let difference: Double?
  /// The picture's other scores.
  public let scores: [Measure: Double]
  /// Of its file, see ``ResultStore/PictureRecord/path``.
  public let path: String
}

extension Comparison {
  /// The pictures that lost most against their reference, worst first; by a metric that compares with the
  /// baseline, or with the other run's picture, those furthest from it.
  public func worst(_ count: Int) -> [WorstPicture] {
    let counterpart = pairing.counterpart(of: measure)
    // What compares with the other run's picture says by itself how much is lost.
    let isOfPair = pairing.pairScores != nil && metric.needsBaseline
    let hasDifferences = !isOfPair && rows.contains { $0.difference != nil }
    let measures = pairing.measures
    let found = pairing.entries.flatMap { entry in
      pairing.slots(of: entry).compactMap { slot -> WorstPicture? in
        guard let own = slot.own, let picture = own.picture, let score = pairing.score(measure, of: slot)
        else { return nil }
        let reference = hasDifferences ? pairing.referenceIndex.score(counterpart, of: slot.reference) : nil
        guard !hasDifferences || reference != nil else { return nil }
        let scores = measures.compactMap { measure in
          pairing.score(measure, of: slot).map { (measure, $0) }
        }
        return WorstPicture(
          sampleID: own.id, prompt: slot.prompt.text, seed: slot.seed, variant: entry.variant.label,
          score: score,
          reference: reference, difference: reference.map { score - $0 },
          scores: Dictionary(scores, uniquingKeysWith: { first, _ in first }),
          path: picture.path.text)
      }
    }
    let sign = metric.higherIsBetter ? 1.0 : -1.0
    // Sorting keeps no order of its own among equals: the place in the run decides.
    return found.enumerated().sorted {
      let (first, second) = (
        sign * ($0.element.difference ?? $0.element.score), sign * ($1.element.difference ?? $1.element.score)
      )
      return first != second ? first < second : $0.offset < $1.offset
    }.prefix(count).map(\.element)
  }
}
