import Tensors
import TokenMerging

/// How a denoising step scales with threads: what was measured, and what the cut of its loops allows.
package struct ScalingReport: Sendable, Encodable {
  /// What the places are judged by.
  package static let judgedThreads = 16
  private static let predictedThreads = [2, 4, 8, 16, 32, 64]

  package let width: Int
  package let height: Int
  package let precision: String
  /// Nil without merging.
  package let ratio: Double?
  package let rounds: Int
  /// The whole step.
  package let step: PartScaling
  /// Those that took any time, in the order of ``TimeSplit/Part``.
  package let parts: [PartScaling]
  /// Where the cut of a loop loses most at ``judgedThreads`` first.
  package let places: [PlaceScaling]
  package let verdict: [String]

  /// - Parameter records: of each number of threads its rounds, of one thread too
  init(item: BenchmarkCase, rounds: Int, records: [Int: [TimeSplit.Record]]) {
    (width, height, precision) = (item.width, item.height, item.precision.rawValue)
    ratio = item.merging?.ratio
    self.rounds = rounds
    let typical = LoopSchedule.typical(of: (records[1] ?? []).map(\.loops))
    func scaling(_ part: TimeSplit.Part?) -> PartScaling {
      PartScaling(
        part, records: records,
        schedules: typical.filter { part == nil || $0.loop.part == part }.map(\.schedule),
        predicted: Self.predictedThreads)
    }
    let step = scaling(nil)
    let parts = TimeSplit.Part.allCases.map(scaling).filter { ($0.timings.first?.seconds ?? 0) > 0 }
    let places = PlaceScaling.all(typical, threads: Self.judgedThreads)
    (self.step, self.parts, self.places) = (step, parts, places)
    verdict = ScalingVerdict(step: step, parts: parts, places: places).sentences
  }
}
