import ResultStore
import Statistics

/// What another seed does to the unmerged pictures, as the measure of what merging does to them.
struct SeedRuler {
  let metric: ScoreMetric
  private let floor: SeedNoiseFloor<Int64>
  private let index: SampleIndex
  private let order: [Int64]

  /// By the preferred metric, or the first that seed noise was measured by; nil where it was not.
  init?(_ pairing: Pairing, preferred: ScoreMetric) {
    let included = Set(pairing.prompts.map(\.own.id))
    let noise = Dictionary(
      grouping: pairing.contents.seedNoise.filter { included.contains($0.promptID) }, by: \.metric)
    for metric in [preferred, .clipImage] + ScoreMetric.allCases {
      let distances = noise[metric, default: []].compactMap { record in
        record.value.flatMap(metric.distance).map { (prompt: record.promptID, distance: $0) }
      }
      guard let floor = SeedNoiseFloor(distances) else { continue }
      self.metric = metric
      self.floor = floor
      index = pairing.index
      order = pairing.prompts.map(\.own.id)
      return
    }
    return nil
  }

  func share(of slots: [Pairing.Slot], _ bootstrap: Bootstrap) -> Estimate? {
    floor.share(
      of: slots.compactMap { slot in
        index.score(metric, of: slot.own).flatMap(metric.distance).map {
          (prompt: slot.prompt.id, distance: $0)
        }
      }, order: order, bootstrap: bootstrap)
  }
}

extension ScoreMetric {
  /// How far two pictures lie apart: 0 for equal ones. A similarity counts from its largest value; PSNR, whose
  /// largest is infinite, says what RMSE says and has no distance of its own.
  func distance(_ value: Double) -> Double? {
    guard needsBaseline, self != .psnr else { return nil }
    guard higherIsBetter else { return value }
    return (self == .clipImage ? 100 : 1) - value
  }
}
