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
