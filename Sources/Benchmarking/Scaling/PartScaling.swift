import Statistics
package import Tensors

/// How one part of a step, or the whole of it, scales with threads.
package struct PartScaling: Sendable, Encodable {
  /// What was measured on some number of threads.
  package struct Timing: Sendable, Encodable {
    package let threads: Int
    /// Median of the rounds, and its interval.
    package let seconds: Double
    package let low: Double
    package let high: Double
    /// How many times as fast as on one thread.
    package let speedUp: Double
    /// Of as many times as there are threads.
    package let efficiency: Double
    /// Seconds outside of any parallel loop, in which one thread works.
    package let outside: Double
    /// Of the threads' time in loops, what they work; the rest is starting, and waiting for the last chunk.
    package let busyShare: Double?
    /// Of loops: the busiest thread's work over the mean of all threads'; 1 is even.
    package let imbalance: Double?
  }

  /// What ``LoopSchedule`` makes of the chunks as they were on one thread.
  package struct Prediction: Sendable, Encodable {
    package let threads: Int
    /// Of the loops and of what lies outside of them.
    package let seconds: Double
    package let speedUp: Double
    /// Of the loops alone; 1 where there are none.
    package let loopSpeedUp: Double
  }

  /// Nil for the whole step.
  package let part: TimeSplit.Part?
  package let loops: Int
  package let chunks: Int
  package let timings: [Timing]
  package let predictions: [Prediction]

  /// The share of the time on one thread that would have to be serial for the measured times (Amdahl 1967): least
  /// squares over the numbers of threads, 0…1; nil where there is but one.
  package var serialShare: Double? {
    Self.serialShare(timings.map { (threads: $0.threads, quotient: 1 / $0.speedUp) })
  }

  /// Of the time on one thread, what lies in parallel loops.
  package var parallelShare: Double {
    guard let single = timings.first, single.seconds > 0 else { return 0 }
    return 1 - single.outside / single.seconds
  }

  /// - Parameter times: threads, and the time over that on one; T(n) / T(1) = s + (1 - s) / n
  static func serialShare(_ times: [(threads: Int, quotient: Double)]) -> Double? {
    var (products, squares) = (0.0, 0.0)
    for time in times where time.threads > 1 {
      let ideal = 1 / Double(time.threads)
      products += (time.quotient - ideal) * (1 - ideal)
      squares += (1 - ideal) * (1 - ideal)
    }
    return squares > 0 ? min(max(products / squares, 0), 1) : nil
  }

  private enum CodingKeys: String, CodingKey {
    case part, loops, chunks, parallelShare, serialShare, timings, predictions
  }

  package func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(part?.rawValue ?? "step", forKey: .part)
    try values.encode(loops, forKey: .loops)
    try values.encode(chunks, forKey: .chunks)
    try values.encode(parallelShare, forKey: .parallelShare)
    try values.encode(serialShare, forKey: .serialShare)
    try values.encode(timings, forKey: .timings)
    try values.encode(predictions, forKey: .predictions)
  }
}

extension PartScaling {
  /// - Parameters:
  ///   - part: nil for the whole step
  ///   - records: of each number of threads, one among them, its rounds
  ///   - schedules: of the part's loops on one thread
  ///   - predicted: numbers of threads
  init(
    _ part: TimeSplit.Part?, records: [Int: [TimeSplit.Record]], schedules: [LoopSchedule], predicted: [Int]
  ) {
    func seconds(_ record: TimeSplit.Record) -> Double {
      part.map { record.seconds[$0] ?? 0 } ?? record.seconds.values.reduce(0, +)
    }
    let single = records[1]?.map(seconds).median ?? 0
    self.part = part
    loops = schedules.count
    chunks = schedules.reduce(0) { $0 + $1.chunks.count }
    timings = records.sorted { $0.key < $1.key }.map { threads, rounds in
      let loops = rounds.map { record in record.loops.filter { part == nil || $0.part == part } }
      let outside = zip(rounds, loops).map { max(0, seconds($0) - $1.reduce(0) { $0 + $1.seconds }) }
      return Timing(
        threads, MedianInterval(of: rounds.map(seconds)), single: single, outside: outside.median,
        loops: loops.flatMap(\.self))
    }
    let outside = timings.first?.outside ?? 0
    let work = schedules.reduce(0) { $0 + $1.work }
    predictions = predicted.map { threads in
      let loops = schedules.reduce(0) { $0 + $1.makespan(threads: threads) }
      return Prediction(
        threads: threads, seconds: loops + outside,
        speedUp: loops + outside > 0 ? (work + outside) / (loops + outside) : 1,
        loopSpeedUp: loops > 0 ? work / loops : 1)
    }
  }
}

extension PartScaling.Timing {
  /// - Parameter single: seconds on one thread
  fileprivate init(
    _ threads: Int, _ time: MedianInterval, single: Double, outside: Double, loops: [ParallelLoop]
  ) {
    let inLoops = Double(threads) * loops.reduce(0) { $0 + $1.seconds }
    let busy = loops.reduce(0) { $0 + $1.busy.reduce(0, +) }
    let busiest = loops.reduce(0) { $0 + ($1.busy.max() ?? 0) }
    let speedUp = time.median > 0 ? single / time.median : 1
    self.init(
      threads: threads, seconds: time.median, low: time.low, high: time.high, speedUp: speedUp,
      efficiency: speedUp / Double(threads), outside: outside, busyShare: inLoops > 0 ? busy / inLoops : nil,
      imbalance: busy > 0 ? busiest / (busy / Double(threads)) : nil)
  }
}
