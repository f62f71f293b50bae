import Metrics
import ResultStore
import Statistics

/// What another seed does to the unmerged pictures, as the measure of what merging does to them.
struct SeedRuler {
  let measure: Measure
  private let floor: SeedNoiseFloor<Int64>
  private let index: SampleIndex
  private let units: [Int64: Int64]
  private let order: [Int64]

  /// By the preferred measure, CLIP-I by the same scorer, or the first that seed noise was measured by; nil where it
  /// was not.
  init?(_ pairing: Pairing, preferred: Measure?) {
    struct Key: Hashable { let metric: Metric, scorer: Int64 }
    let included = Set(pairing.prompts.map(\.own.id))
    let noise = Dictionary(
      grouping: pairing.contents.seedNoise.filter { included.contains($0.promptID) }
    ) { Key(metric: $0.metric, scorer: $0.scorerID) }
    let measures = pairing.contents.measures
    let images = measures.filter { $0.metric == .clipImage }
    let ranked =
      [preferred].compactMap(\.self) + images.filter { $0.scorer == preferred?.scorer } + images + measures
    for measure in ranked {
      let records = noise[Key(metric: measure.metric, scorer: measure.scorer.id), default: []]
      let distances = records.compactMap { record in
        record.value.flatMap(measure.metric.distance).map {
          (prompt: pairing.unit(of: record.promptID), distance: $0)
        }
      }
      guard let floor = SeedNoiseFloor(distances) else { continue }
      self.measure = measure
      self.floor = floor
      index = pairing.index
      units = pairing.units
      order = pairing.unitsInOrder
      return
    }
    return nil
  }

  func share(of slots: [Pairing.Slot], _ bootstrap: Bootstrap) -> Estimate? {
    floor.share(
      of: slots.compactMap { slot in
        index.score(measure, of: slot.own).flatMap(measure.metric.distance).map {
          (prompt: units[slot.prompt.id] ?? slot.prompt.id, distance: $0)
        }
      }, order: order, bootstrap: bootstrap)
  }
}
