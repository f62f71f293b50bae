package import Tensors

/// The loops of one place in the program that are cut into as many chunks, and what that cut allows.
package struct PlaceScaling: Sendable, Encodable {
  package let part: TimeSplit.Part
  /// As in `MatrixProduct.swift:78`.
  package let place: String
  /// Of each loop.
  package let chunks: Int
  package let loops: Int
  /// Of all loops on one thread.
  package let seconds: Double
  /// Of a chunk: the mean.
  package let chunkSeconds: Double
  /// Of the threads' time at ``ScalingReport/judgedThreads``, what they work: the schedule alone.
  package let efficiency: Double
  /// Seconds of a step that a perfect division would save there.
  package let lost: Double

  /// - Parameter schedules: of the place's loops
  init(_ loop: ParallelLoop, _ schedules: [LoopSchedule], threads: Int) {
    (part, place, chunks) = (loop.part, loop.place, loop.chunks.count)
    loops = schedules.count
    let work = schedules.reduce(0) { $0 + $1.work }
    let taken = schedules.reduce(0) { $0 + $1.makespan(threads: threads) }
    seconds = work
    chunkSeconds = work / Double(max(1, schedules.count * loop.chunks.count))
    efficiency = taken > 0 ? work / (Double(threads) * taken) : 1
    lost = taken - work / Double(threads)
  }
}

extension PlaceScaling {
  private struct Key: Hashable {
    let part: TimeSplit.Part
    let place: String
    let chunks: Int
  }

  /// Where most is lost first.
  static func all(_ typical: [(loop: ParallelLoop, schedule: LoopSchedule)], threads: Int) -> [PlaceScaling] {
    let groups = Dictionary(grouping: typical) {
      Key(part: $0.loop.part, place: $0.loop.place, chunks: $0.loop.chunks.count)
    }
    return groups.values.map { PlaceScaling($0[0].loop, $0.map(\.schedule), threads: threads) }
      .sorted { ($0.lost, $1.place, $0.chunks) > ($1.lost, $0.place, $1.chunks) }
  }
}
