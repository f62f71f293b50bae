import Tensors

/// Measures one denoising step on 1, 2, 4 … threads.
package struct ScalingRun: Sendable {
  package let subject: BenchmarkSubject
  /// Of ``BenchmarkPart/unet``, one picture.
  package let item: BenchmarkCase
  /// How often each number of threads has its turn.
  package let rounds: Int
  /// Ascending, from 1 on.
  package let threads: [Int]

  /// - Parameter most: threads; there are as many of them in the last turn of a round
  package init(subject: BenchmarkSubject, item: BenchmarkCase, rounds: Int, upTo most: Int) {
    precondition(rounds > 0 && most > 0, "\(rounds) rounds on up to \(most) threads")
    self.subject = subject
    self.item = item
    self.rounds = rounds
    threads = Self.counts(upTo: most)
  }

  /// Powers of two, and the largest number itself.
  static func counts(upTo most: Int) -> [Int] {
    var counts = [1]
    while let last = counts.last, last < most { counts.append(min(2 * last, most)) }
    return counts
  }

  /// Takes the turns: once on all threads to warm up, then on each number of them in turn, round by round (1 2 4, 1 2 4,
  /// …), so that a machine's drift meets all alike.
  ///
  /// - Parameter progress: is called before each turn with how many are over, and how many there are
  /// - Throws: as loading the model, or when it cannot make pictures of that size.
  package func run(progress: (_ finished: Int, _ total: Int) -> Void = { _, _ in }) throws -> ScalingReport {
    let before = Parallel.threadCount
    defer {
      Parallel.threadCount = before
      BufferPool.shared.drain()
    }
    let step = try Workload.step(item, of: subject)
    let total = 1 + rounds * threads.count
    progress(0, total)
    Parallel.threadCount = threads[threads.count - 1]
    step()
    var records: [Int: [TimeSplit.Record]] = [:]
    for round in 0..<rounds {
      for (turn, count) in threads.enumerated() {
        progress(1 + round * threads.count + turn, total)
        Parallel.threadCount = count
        records[count, default: []].append(TimeSplit.record { step() })
      }
    }
    return ScalingReport(item: item, rounds: rounds, records: records)
  }
}
