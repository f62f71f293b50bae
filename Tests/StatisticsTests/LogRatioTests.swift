import Foundation
import Testing

@testable import Statistics

/// What scipy and numpy compute from the same seconds; made by Tests/Reference/log_ratios.py.
struct LogRatioReference: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let paired: Bool
    let numerators: [Double]
    let denominators: [Double]
    let logMean: Double
    let logInterval: [Double]?
    let geometricMean: Double
    let range: [Double]

    var testDescription: String { name }

    var ratio: LogRatio? {
      paired
        ? LogRatio(ofPairs: Array(zip(numerators, denominators)))
        : LogRatio(of: numerators, over: denominators)
    }
  }

  let cases: [Case]

  static let loaded = Result {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/Statistics/log-ratios.json").standardizedFileURL
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(LogRatioReference.self, from: Data(contentsOf: url))
  }
  static var cases: [Case] { (try? loaded.get().cases) ?? [] }
}

@Suite struct `Quotients of rounds equal scipy's` {
  @Test func `the fixture is there`() throws {
    #expect(try LogRatioReference.loaded.get().cases.count { $0.logInterval != nil } == 4)
  }

  /// Student's quantile is known to 1e-12, logarithms to rounding.
  @Test(arguments: LogRatioReference.cases)
  func `mean, interval and range`(_ reference: LogRatioReference.Case) throws {
    let ratio = try #require(reference.ratio)
    #expect(abs(ratio.logMean - reference.logMean) < 1e-12)
    #expect(abs(ratio.estimate.value / reference.geometricMean - 1) < 1e-12)
    #expect((ratio.logInterval == nil) == (reference.logInterval == nil))
    if let interval = ratio.logInterval, let expected = reference.logInterval {
      #expect(abs(interval.lower - expected[0]) < 1e-10 && abs(interval.upper - expected[1]) < 1e-10)
    }
    #expect(abs(ratio.range.lower / reference.range[0] - 1) < 1e-12)
    #expect(abs(ratio.range.upper / reference.range[1] - 1) < 1e-12)
    #expect(ratio.count == min(reference.numerators.count, reference.denominators.count))
  }

  @Test(arguments: LogRatioReference.cases)
  func `swapping both sides gives the inverse`(_ reference: LogRatioReference.Case) throws {
    let ratio = try #require(reference.ratio)
    let (numerators, denominators) = (reference.denominators, reference.numerators)
    let swapped = try #require(
      reference.paired
        ? LogRatio(ofPairs: Array(zip(numerators, denominators)))
        : LogRatio(of: numerators, over: denominators))
    let (inverse, estimate) = (swapped.estimate, ratio.estimate)
    #expect(abs(inverse.value * estimate.value - 1) < 1e-12)
    #expect(abs(swapped.range.lower * ratio.range.upper - 1) < 1e-12)
    if let interval = inverse.interval, let other = estimate.interval {
      #expect(abs(interval.lower * other.upper - 1) < 1e-12)
    }
  }

  @Test func `nothing has no quotient, and what does not vary has an interval of one point`() throws {
    #expect(LogRatio(ofPairs: []) == nil)
    #expect(LogRatio(of: [1], over: []) == nil && LogRatio(of: [], over: [1]) == nil)
    let same = try #require(LogRatio(of: [4, 4, 4], over: [2, 2, 2, 2]))
    #expect(abs(same.estimate.value - 2) < 1e-12)
    let paired = try #require(LogRatio(ofPairs: [(4, 2), (6, 3), (8, 4)]))
    for ratio in [same, paired] {
      let interval = try #require(ratio.logInterval)
      #expect(abs(interval.lower - log(2)) < 1e-12 && abs(interval.upper - log(2)) < 1e-12)
    }
  }
}
