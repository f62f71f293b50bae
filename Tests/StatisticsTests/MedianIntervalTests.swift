import Statistics
import Testing

@Suite struct MedianIntervalTests {
  struct Case: Sendable {
    let values: [Double]
    let median, low, high, coverage: Double
  }

  /// Coverage is 1 - 2 · P(Bin(n, ½) < rank).
  static let cases: [Case] = [
    Case(values: [3], median: 3, low: 3, high: 3, coverage: 0),
    Case(values: [4, 2], median: 3, low: 2, high: 4, coverage: 0.5),
    Case(values: [5, 1, 3], median: 3, low: 1, high: 5, coverage: 0.75),
    Case(values: [1, 2, 3, 4, 5, 6], median: 3.5, low: 1, high: 6, coverage: 0.96875),
    // The third from either end would cover 1 - 2 · 46 / 512, which is 0.82.
    Case(values: [9, 8, 7, 6, 5, 4, 3, 2, 1], median: 5, low: 2, high: 8, coverage: 1 - 20 / 512.0),
  ]

  @Test(arguments: cases)
  func `the interval is as narrow as its coverage allows`(_ item: Case) {
    let interval = MedianInterval(of: item.values)
    #expect(interval.median == item.median)
    #expect(interval.low == item.low && interval.high == item.high)
    #expect(abs(interval.coverage - item.coverage) < 1e-12)
  }
}
