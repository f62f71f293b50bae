import Statistics
import Tensors

/// What the rule of ``Parallel`` makes of a loop's chunks on any number of threads: whoever is done takes the next one
/// (list scheduling, Graham 1969), starting a thread costs nothing, and a chunk takes as long as it did alone.
struct LoopSchedule {
  /// Seconds of each chunk, in the order in which they are taken.
  let chunks: [Double]

  /// Of all chunks, one after the other.
  var work: Double { chunks.reduce(0, +) }

  /// Seconds until the last chunk's end.
  func makespan(threads: Int) -> Double {
    precondition(threads > 0, "\(threads) threads")
    var ends = [Double](repeating: 0, count: max(1, min(threads, chunks.count)))
    for chunk in chunks {
      var next = 0
      for thread in ends.indices where ends[thread] < ends[next] { next = thread }
      ends[next] += chunk
    }
    return ends.max() ?? 0
  }
}

extension LoopSchedule {
  /// Of loops that ran some times: the median of each chunk.
  ///
  /// - Parameter rounds: the same loops each time, one after the other, at least once
  static func typical(of rounds: [[ParallelLoop]]) -> [(loop: ParallelLoop, schedule: LoopSchedule)] {
    precondition(
      rounds.allSatisfy { $0.map(\.chunks.count) == rounds[0].map(\.chunks.count) },
      "the same step ran other loops")
    return rounds[0].indices.map { index in
      let chunks = rounds[0][index].chunks.indices.map { chunk in
        rounds.map { $0[index].chunks[chunk] }.median
      }
      return (rounds[0][index], LoopSchedule(chunks: chunks))
    }
  }
}

extension [Double] {
  /// Of at least one number.
  var median: Double { MedianInterval(of: self).median }
}
