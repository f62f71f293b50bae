import Foundation
import Tensors
import Testing

@Suite struct RehearsalTests {
  @Test func `a rehearsal runs one part of a loop, and its results have their shapes`() {
    let runs = Rehearsal.run { () -> Int in
      var runs = 0
      Parallel.forEach(10) { index in
        #expect(index == 0)
        runs += 1
      }
      return runs
    }
    #expect(runs == 1)
    #expect(!Rehearsal.isOn)
    let x = Tensor(zeros: [2, 16, 32])
    let y = Rehearsal.run { scaledDotProductAttention(query: x, key: x, value: x, heads: 4) }
    #expect(y.shape == [2, 16, 32])
  }

  @Test func `parts of the time add up to all of it, nested ones once`() {
    func wait(_ seconds: Double) { Thread.sleep(forTimeInterval: seconds) }
    let start = ContinuousClock.now
    let split = TimeSplit.seconds {
      wait(0.01)
      TimeSplit.measure(.selfAttention) {
        wait(0.02)
        TimeSplit.measure(.merging) { wait(0.04) }
        wait(0.02)
      }
    }
    let total = start.duration(to: .now) / .seconds(1)
    let sum = split.values.reduce(0, +)
    #expect(sum >= 0.09 && sum <= total)
    #expect(Set(split.keys) == Set(TimeSplit.Part.allCases))
    // A sleep may last longer, never shorter.
    #expect((split[.other] ?? 0) >= 0.01 && (split[.selfAttention] ?? 0) >= 0.04)
    #expect((split[.merging] ?? 0) >= 0.04 && split[.convolution] == 0)
  }

  @Test func `a record has every loop with all of its chunks, and no more time than has passed`() {
    let start = ContinuousClock.now
    let record = TimeSplit.record {
      TimeSplit.measure(.merging) { Parallel.forEach(7) { _ in Thread.sleep(forTimeInterval: 0.002) } }
      Parallel.forEachChunk(of: 10, size: 4) { _ in }
      Parallel.forEach(0) { _ in Issue.record("a loop of nothing ran") }
    }
    let total = start.duration(to: .now) / .seconds(1)
    #expect(record.loops.map(\.chunks.count) == [7, 3])
    #expect(record.loops.map(\.part) == [.merging, .other])
    for loop in record.loops {
      #expect(loop.place.hasPrefix("RehearsalTests.swift:"), "\(loop.place)")
      #expect(1...loop.chunks.count ~= loop.busy.count)
      #expect(abs(loop.busy.reduce(0, +) - loop.chunks.reduce(0, +)) < 1e-9)
      #expect(loop.busy.allSatisfy { $0 <= loop.seconds + 1e-9 })
    }
    #expect(record.loops[0].chunks.allSatisfy { $0 >= 0.002 })
    #expect(record.loops[0].seconds <= (record.seconds[.merging] ?? 0))
    #expect(record.loops.reduce(0) { $0 + $1.seconds } <= total)
    #expect(record.seconds.values.reduce(0, +) <= total + 1e-9)
  }

  @Test func `an operation counts to its own kind, or to the whole that it is a part of`() {
    let x = Tensor(zeros: [1, 4, 4, 32])
    let parts = TimeSplit.record {
      _ = x.silu()
      TimeSplit.measure(.selfAttention) {
        _ = x + x
        TimeSplit.measure(.merging) { _ = x.silu() }
        _ = x.silu()
      }
      TimeSplit.measure(.linear) { _ = x.upsampledNearest(height: 8, width: 8) }
      _ = x + x
    }.loops.map(\.part)
    #expect(
      parts == [.elementwise, .selfAttention, .merging, .selfAttention, .resampling, .elementwise])
  }

  @Test func `nothing is kept outside of a record`() {
    let seconds = TimeSplit.seconds { Parallel.forEach(3) { _ in } }
    #expect(seconds.values.reduce(0, +) >= 0)
    #expect(TimeSplit.record {}.loops.isEmpty)
  }

  @Test func `views share memory until the tensor is written to`() {
    var x = Tensor((0..<12).map(Float.init), shape: [4, 3])
    let view = x.view(1..<3)
    #expect(view.values == [3, 4, 5, 6, 7, 8] && view.shape == [2, 3])
    let same = x.withUnsafeBuffer { x in
      view.withUnsafeBuffer { $0.baseAddress == x.baseAddress.map { $0 + 3 } }
    }
    #expect(same)
    x.replaceRows(from: 2, by: Tensor([20, 21, 22], shape: [1, 3]))
    #expect(x.values == [0, 1, 2, 3, 4, 5, 20, 21, 22, 9, 10, 11])
    #expect(view.values == [3, 4, 5, 6, 7, 8])
  }
}
