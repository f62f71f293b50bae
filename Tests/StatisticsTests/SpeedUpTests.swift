import Foundation
import Testing

@testable import Statistics

/// What scipy and numpy compute from the same seconds; made by Tests/Reference/speed_ups.py.
struct SpeedUpReference: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let prompt: [Int]
    let reference: [Double]
    let variant: [Double]
    let bootstrapSeed: UInt64
    let bootstrapResamples: Int
    let center: String
    let outliers: Int
    let speedUp: Double
    let interval: [Double]
    let geometricMean: Double
    let scipyPercentileInterval: [Double]
    let slower: Int
    let faster: Int
    let noisy: Bool

    var testDescription: String { name }

    var pairs: [PairedSample<Int>.Pair] {
      prompt.indices.map { .init(prompt: prompt[$0], baseline: reference[$0], variant: variant[$0]) }
    }
  }

  let cases: [Case]

  static let loaded = Result {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/Statistics/speed-ups.json").standardizedFileURL
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(SpeedUpReference.self, from: Data(contentsOf: url))
  }
  static var cases: [Case] { (try? loaded.get().cases) ?? [] }
}

@Suite struct `Speed-ups equal scipy's` {
  @Test func `the fixture is there`() throws {
    #expect(try SpeedUpReference.loaded.get().cases.map(\.center).filter { $0 == "median" }.count == 2)
  }

  /// Of the same resamples, or the same order statistics: equal but for rounding.
  @Test(arguments: SpeedUpReference.cases)
  func `value, interval and what is counted`(_ reference: SpeedUpReference.Case) throws {
    let bootstrap = Bootstrap(resamples: reference.bootstrapResamples, seed: reference.bootstrapSeed)
    let speedUp = try #require(SpeedUp(reference.pairs, bootstrap: bootstrap))
    let interval = try #require(speedUp.estimate.interval)
    #expect(speedUp.center.rawValue == reference.center && speedUp.outliers == reference.outliers)
    #expect(abs(speedUp.estimate.value / reference.speedUp - 1) < 1e-12)
    #expect(abs(interval.lower / reference.interval[0] - 1) < 1e-10)
    #expect(abs(interval.upper / reference.interval[1] - 1) < 1e-10)
    #expect(speedUp.slower == reference.slower && speedUp.faster == reference.faster)
    #expect(speedUp.promptCount == Set(reference.prompt).count)
    #expect(speedUp.pairCount == reference.prompt.count)
    #expect(speedUp.isNoisy == reference.noisy)
  }

  /// A bootstrap with other random draws: the ends differ by Monte Carlo noise, below a thirtieth of the interval.
  @Test(arguments: SpeedUpReference.cases.filter { $0.center == "mean" })
  func `interval with independent resamples`(_ reference: SpeedUpReference.Case) throws {
    let speedUp = try #require(SpeedUp(reference.pairs, bootstrap: Bootstrap(method: .percentile)))
    let (ours, theirs) = (try #require(speedUp.estimate.interval), reference.scipyPercentileInterval)
    let tolerance = (theirs[1] - theirs[0]) / 30
    #expect(abs(ours.lower - theirs[0]) < tolerance && abs(ours.upper - theirs[1]) < tolerance)
    #expect(abs(speedUp.estimate.value / reference.geometricMean - 1) < 1e-12)
  }

  @Test(arguments: SpeedUpReference.cases)
  func `swapping both sides gives the inverse`(_ reference: SpeedUpReference.Case) throws {
    let swapped = reference.pairs.map {
      PairedSample<Int>.Pair(prompt: $0.prompt, baseline: $0.variant, variant: $0.baseline)
    }
    let (one, other) = (try #require(SpeedUp(reference.pairs)), try #require(SpeedUp(swapped)))
    #expect(abs(one.estimate.value * other.estimate.value - 1) < 1e-12)
    #expect(one.center == other.center && (one.slower, one.faster) == (other.faster, other.slower))
    #expect(one.isNoisy == other.isNoisy)
  }
}

@Suite struct `A speed-up` {
  private static func pairs(_ logs: [Double]) -> [PairedSample<Int>.Pair] {
    logs.enumerated().map { .init(prompt: $0.offset, baseline: exp($0.element), variant: 1) }
  }

  @Test func `is never below zero, however its times scatter`() throws {
    // A difference of means over so few would have an interval far below zero.
    let speedUp = try #require(SpeedUp(Self.pairs([4, -4, 3, -2, 0.5])))
    let interval = try #require(speedUp.estimate.interval)
    #expect(interval.lower > 0 && interval.contains(1) && speedUp.isWithoutDifference)
    #expect(!speedUp.isSignificant && speedUp.isNoisy)
  }

  @Test func `of one prompt has no interval, and says neither that there is a difference nor none`() throws {
    let speedUp = try #require(SpeedUp(Self.pairs([0.2])))
    #expect(speedUp.estimate.interval == nil && !speedUp.isSignificant && !speedUp.isWithoutDifference)
    #expect(SpeedUp([PairedSample<Int>.Pair]()) == nil)
  }

  @Test func `is the median where outliers decide the mean, and the mean where they do not`() throws {
    let quiet = (0..<20).map { 0.2 + 0.01 * Double($0 % 5) }
    #expect(try #require(SpeedUp(Self.pairs(quiet))).center == .mean)
    let disturbed = try #require(SpeedUp(Self.pairs(quiet + [-2])))
    #expect(disturbed.center == .median && disturbed.outliers == 1)
    #expect(abs(disturbed.estimate.value - exp(0.22)) < 1e-12 && disturbed.isSignificant)
    // Wide, but all alike: nothing lies outside of the fences.
    #expect(try #require(SpeedUp(Self.pairs((0..<20).map { Double($0) - 10 }))).center == .mean)
    // Of so few, nobody can tell.
    #expect(try #require(SpeedUp(Self.pairs(Array(quiet.prefix(18)) + [-2]))).center == .mean)
    // Equal but for one: it is all that there is to deviate.
    #expect(try #require(SpeedUp(Self.pairs(.init(repeating: 0.2, count: 19) + [0.3]))).center == .median)
  }

  private static let contradictions: [(logs: [Double], isNoisy: Bool)] = [
    // A tenth slower, by much and by little; all slower, however far apart; fewer than a tenth slower.
    ([0.3, 0.3, 0.3, 0.3, 0.3, 0.1, 0.2, 0.15, 0.4, -0.1], true),
    ([0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, -0.01], false),
    ([-0.1, -0.2, -0.3, -0.4, -0.5, -0.6, -0.7, -0.8, -0.9, -1], false),
    ([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, -0.1], false),
  ]

  @Test(arguments: contradictions)
  func `is noisy where its pairs contradict each other by more than little`(_ logs: [Double], _ isNoisy: Bool)
    throws
  {
    #expect(try #require(SpeedUp(Self.pairs(logs))).isNoisy == isNoisy)
  }
}
