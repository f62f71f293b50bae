import Tensors
import Testing

@testable import Benchmarking

/// What a loop's chunks come to on other numbers of threads, by hand.
@Suite struct `The schedule of a loop` {
  @Test(arguments: [
    ([1, 1, 1, 1, 1], 1, 5.0), ([1, 1, 1, 1, 1], 2, 3), ([1, 1, 1, 1, 1], 5, 1), ([1, 1, 1, 1, 1], 64, 1),
    // Who is done first takes the next: a long chunk at the end is waited for, one at the beginning is not.
    ([3, 1, 1, 1], 2, 3), ([1, 1, 1, 3], 2, 4), ([2, 1, 2, 1], 2, 3), ([], 4, 0),
    ([Double](repeating: 1, count: 20), 16, 2), ([Double](repeating: 1, count: 32), 16, 2),
  ])
  func `gives the next chunk to whoever is done`(chunks: [Double], threads: Int, seconds: Double) {
    let schedule = LoopSchedule(chunks: chunks)
    #expect(schedule.makespan(threads: threads) == seconds)
    #expect(schedule.work == chunks.reduce(0, +))
  }

  @Test func `takes the median of each chunk`() {
    func loop(_ chunks: [Double]) -> ParallelLoop {
      ParallelLoop(part: .linear, place: "a.swift:1", seconds: 9, chunks: chunks, busy: [9])
    }
    let typical = LoopSchedule.typical(of: [[loop([1, 9])], [loop([2, 1])], [loop([50, 2])]])
    #expect(typical.map(\.schedule.chunks) == [[2, 2]])
    #expect([4, 1, 3, 2].median == 2.5 && [7].median == 7)
  }
}

@Suite struct `How a step scales` {
  @Test func `numbers of threads double up to the largest`() {
    #expect(ScalingRun.counts(upTo: 1) == [1])
    #expect(ScalingRun.counts(upTo: 6) == [1, 2, 4, 6])
    #expect(ScalingRun.counts(upTo: 16) == [1, 2, 4, 8, 16])
  }

  @Test func `the serial share is that of Amdahl's law`() throws {
    func times(_ serial: Double) -> [(threads: Int, quotient: Double)] {
      [1, 2, 4, 16].map { (threads: $0, quotient: serial + (1 - serial) / Double($0)) }
    }
    #expect(abs(try #require(PartScaling.serialShare(times(0.1))) - 0.1) < 1e-12)
    #expect(abs(try #require(PartScaling.serialShare(times(1))) - 1) < 1e-12)
    // Caches can make it faster than by the number of threads.
    #expect(PartScaling.serialShare([(threads: 2, quotient: 0.4)]) == 0)
    #expect(PartScaling.serialShare([(threads: 1, quotient: 1)]) == nil)
  }

  /// A step of two loops: ten chunks of a linear layer, 32 of a convolution, and a second outside of them, of merging.
  private func record(threads: Int) -> TimeSplit.Record {
    func loop(_ part: TimeSplit.Part, _ place: String, chunks: Int) -> ParallelLoop {
      let rounds = (chunks + threads - 1) / threads
      let busy = (0..<threads).map { Double(chunks / threads + ($0 < chunks % threads ? 1 : 0)) }
      return ParallelLoop(
        part: part, place: place, seconds: Double(rounds), chunks: Array(repeating: 1, count: chunks),
        busy: busy)
    }
    let loops = [loop(.linear, "a.swift:1", chunks: 10), loop(.convolution, "b.swift:2", chunks: 32)]
    return TimeSplit.Record(
      seconds: [.linear: loops[0].seconds, .convolution: loops[1].seconds, .merging: 1], loops: loops)
  }

  @Test func `times, what is outside of loops, and what their cut allows come from the records`() throws {
    let counts = [1, 2, 4]
    let report = ScalingReport(
      item: BenchmarkCase(width: 64, height: 64), rounds: 2,
      records: Dictionary(
        uniqueKeysWithValues: counts.map { ($0, [record(threads: $0), record(threads: $0)]) }))
    #expect(report.parts.map(\.part) == [.convolution, .merging, .linear] && report.step.part == nil)
    #expect(report.step.loops == 2 && report.step.chunks == 42)
    #expect(report.step.timings.map(\.threads) == counts)
    #expect(
      report.step.timings.map(\.seconds) == [43, 22, 12] && report.step.timings.map(\.outside) == [1, 1, 1])
    #expect(abs(report.step.parallelShare - 42.0 / 43) < 1e-12)

    let linear = try #require(report.parts.first { $0.part == .linear })
    #expect(linear.timings.map(\.seconds) == [10, 5, 3] && linear.timings.map(\.outside) == [0, 0, 0])
    #expect(linear.timings.map(\.imbalance) == [1, 1, 3 / 2.5])
    #expect(linear.timings.map(\.busyShare) == [1, 1, 10.0 / 12])
    #expect(linear.timings[2].speedUp == 10.0 / 3 && linear.timings[2].efficiency == 10.0 / 12)
    #expect(linear.predictions.map(\.threads) == [2, 4, 8, 16, 32, 64])
    #expect(linear.predictions.map(\.seconds) == [5, 3, 2, 1, 1, 1])
    let merging = try #require(report.parts.first { $0.part == .merging })
    #expect(merging.loops == 0 && merging.parallelShare == 0 && merging.timings[0].busyShare == nil)
    #expect(merging.predictions.allSatisfy { $0.speedUp == 1 && $0.loopSpeedUp == 1 && $0.seconds == 1 })
    // Loops: 42 seconds on one thread, 1 + 2 on 16; one more outside.
    let predicted = try #require(report.step.predictions.first { $0.threads == 16 })
    #expect(predicted.loopSpeedUp == 14 && predicted.speedUp == 43.0 / 4)

    #expect(report.places.map(\.place) == ["a.swift:1", "b.swift:2"])
    #expect(report.places[0].chunks == 10 && report.places[0].efficiency == 10.0 / 16)
    #expect(report.places[0].lost == 1 - 10.0 / 16 && report.places[1].lost == 0)
    let verdict = report.verdict.joined(separator: " ")
    for words in [
      "97.67 % of a step on one thread lies in parallel loops", "most of it of token merging (1000.0 ms)",
      "At 16 threads the schedule alone allows 14.0×", "10.8×", "3.58× on 4 threads",
      "linear layers at a.swift:1, 1 loop of 10 chunks, which use 62 % of the threads",
    ] { #expect(verdict.contains(words), "\(verdict)") }
    let text = report.text()
    for words in ["no merging", "token merging", "the step", "a.swift:1"] { #expect(text.contains(words)) }
  }
}
