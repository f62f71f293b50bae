import Statistics
import Testing

/// Numbers as large as a store may hold, and none at all.
@Suite struct ExtremeNumbersTests {
  static let samples: [[Double]] = [
    [1e9, -1e9, 1e9, -1e9, 1e9, -1e9, 1e9, -1e9], [1e9, 1e-9, 1e9, 1e-9, 1, 1, 1, 1],
    .init(repeating: 0, count: 8), .init(repeating: 1e9, count: 40), [1e-300, -1e-300],
    [.leastNonzeroMagnitude],
  ]

  @Test(arguments: samples) func `never trap`(values: [Double]) {
    let sample = PairedSample(
      values.enumerated().map { .init(prompt: $0.offset, baseline: 1e9, variant: $0.element) })
    for method in Bootstrap.Method.allCases {
      let bootstrap = Bootstrap(resamples: 200, method: method)
      _ = bootstrap.mean(of: values)
      _ = sample.meanDifference(bootstrap)
      _ = SpeedUp(
        values.enumerated().map {
          .init(prompt: $0.offset, baseline: 1e9, variant: max($0.element, 1e-9))
        }, bootstrap: bootstrap)
      _ = PairedComparison.all([sample, sample], margin: 1e-9, bootstrap: bootstrap)
      _ = bootstrap.quotient(of: values, over: values.reversed())
    }
    _ = MedianInterval(of: values)
    _ = Recommendation.noneSafe.sureness([sample], ratios: [0.5], margin: 1e9, resamples: 50)
  }

  @Test func `seeds that do not differ are no ruler`() {
    for distances in [[0.0, 0.0], [1.0, -1.0], [-2.0, 1.0]] {
      let floor = SeedNoiseFloor(distances.enumerated().map { (prompt: $0.offset, distance: $0.element) })
      #expect(floor?.share(of: [(prompt: 0, distance: 1), (prompt: 1, distance: 1)], order: [0, 1]) == nil)
    }
  }
}
