import Foundation
import Testing

@testable import Statistics

/// What scipy and numpy compute from the same pairs; made by Tests/Reference/paired_statistics.py.
struct PairedReference: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let prompt: [Int]
    let baseline: [Double]
    let variant: [Double]
    let meanDifference: Double
    let standardDeviation: Double
    let ratioOfMeans: Double
    let bootstrapSeed: UInt64
    let bootstrapResamples: Int
    let differenceInterval: [Double]
    let ratioInterval: [Double]
    let scipyDifferenceInterval: [Double]
    let scipyRatioInterval: [Double]
    let studentizedInterval: [Double]
    let scipyBcaDifferenceInterval: [Double]
    let scipyBcaRatioInterval: [Double]
    let studentInterval: [Double]
    let studentTostPValue: Double
    let pValue: Double
    let pValueIsExact: Bool

    var testDescription: String { name }

    var sample: PairedSample<Int> {
      PairedSample(
        prompt.indices.map { .init(prompt: prompt[$0], baseline: baseline[$0], variant: variant[$0]) })
    }
  }

  let splitmix64Seed: UInt64
  let splitmix64: [String]
  let pValues: [Double]
  let holm: [Double]
  /// Degrees of freedom, t, P(T ≤ t) and the 97.5 % quantile.
  let student: [[Double]]
  let cases: [Case]

  static let loaded = Result {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/Statistics/paired.json").standardizedFileURL
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(PairedReference.self, from: Data(contentsOf: url))
  }
  static var cases: [Case] { (try? loaded.get().cases) ?? [] }
}

@Suite struct `Paired statistics equal scipy's` {
  @Test func `the fixture is there`() throws {
    #expect(try PairedReference.loaded.get().cases.count == 4)
  }

  @Test func `the random stream is the published one`() throws {
    let reference = try PairedReference.loaded.get()
    var random = SplitMix64(seed: reference.splitmix64Seed)
    for word in reference.splitmix64 { #expect(String(random.next()) == word) }
  }

  @Test(arguments: PairedReference.cases)
  func `means and deviation`(_ reference: PairedReference.Case) throws {
    let sample = reference.sample
    #expect(abs(sample.differences.mean - reference.meanDifference) < 1e-12)
    #expect(abs(try #require(sample.standardDeviation) - reference.standardDeviation) < 1e-12)
    #expect(sample.pairCount == reference.prompt.count)
    #expect(sample.promptCount == Set(reference.prompt).count)
  }

  private func quotient(_ sample: PairedSample<Int>, _ bootstrap: Bootstrap) -> Estimate {
    bootstrap.quotient(of: sample.baseline, over: sample.variant)
  }

  @Test(arguments: PairedReference.cases)
  func `intervals over the same resamples`(_ reference: PairedReference.Case) throws {
    func bootstrap(_ method: Bootstrap.Method) -> Bootstrap {
      Bootstrap(resamples: reference.bootstrapResamples, seed: reference.bootstrapSeed, method: method)
    }
    let sample = reference.sample
    for (estimate, value, interval) in [
      (sample.meanDifference(bootstrap(.percentile)), reference.meanDifference, reference.differenceInterval),
      (quotient(sample, bootstrap(.percentile)), reference.ratioOfMeans, reference.ratioInterval),
      (
        sample.meanDifference(bootstrap(.studentized)), reference.meanDifference,
        reference.studentizedInterval
      ),
    ] {
      let ours = try #require(estimate.interval)
      #expect(abs(estimate.value - value) < 1e-12)
      #expect(abs(ours.lower - interval[0]) < 1e-10)
      #expect(abs(ours.upper - interval[1]) < 1e-10)
    }
  }

  /// Two bootstraps with independent random draws: their ends differ by Monte Carlo noise, well below a
  /// thirtieth of the interval at 10 000 resamples.
  @Test(arguments: PairedReference.cases)
  func `intervals with independent resamples`(_ reference: PairedReference.Case) throws {
    let (sample, percentile) = (reference.sample, Bootstrap(method: .percentile))
    for (estimate, interval) in [
      (sample.meanDifference(percentile), reference.scipyDifferenceInterval),
      (quotient(sample, percentile), reference.scipyRatioInterval),
      (sample.meanDifference(Bootstrap(method: .bca)), reference.scipyBcaDifferenceInterval),
      (quotient(sample, Bootstrap(method: .bca)), reference.scipyBcaRatioInterval),
    ] {
      let ours = try #require(estimate.interval)
      let tolerance = (interval[1] - interval[0]) / 30
      #expect(abs(ours.lower - interval[0]) < tolerance)
      #expect(abs(ours.upper - interval[1]) < tolerance)
    }
  }

  @Test func `Student's distribution`() throws {
    for row in try PairedReference.loaded.get().student {
      let student = StudentT(degreesOfFreedom: Int(row[0]))
      #expect(abs(student.probability(upTo: row[1]) - row[2]) < 1e-12)
      #expect(abs(student.quantile(0.975) / row[3] - 1) < 1e-10)
    }
  }

  /// The studentized interval and its equivalence test are never surer than Student's.
  @Test(arguments: PairedReference.cases)
  func `two one-sided tests`(_ reference: PairedReference.Case) throws {
    let compared = try #require(PairedComparison.all([reference.sample], margin: 1)[0])
    let interval = try #require(compared.difference.interval)
    #expect(interval.lower <= reference.studentInterval[0] + 1e-9)
    #expect(interval.upper >= reference.studentInterval[1] - 1e-9)
    #expect(compared.equivalencePValue >= reference.studentTostPValue - 1e-12)
    #expect(compared.equivalencePValue <= reference.studentTostPValue * 1.5 + 0.005)
    #expect((compared.equivalencePValue < 0.025) == interval.isInside(margin: 1))
  }

  @Test func `Holm's adjustment`() throws {
    let reference = try PairedReference.loaded.get()
    for (ours, expected) in zip(holmAdjusted(reference.pValues), reference.holm) {
      #expect(abs(ours - expected) < 1e-12)
    }
  }

  @Test(arguments: PairedReference.cases)
  func `permutation test`(_ reference: PairedReference.Case) {
    let pValue = SignFlipTest().pValue(of: reference.sample.differences)
    #expect(abs(pValue - reference.pValue) < (reference.pValueIsExact ? 1e-12 : 0.015))
  }
}
