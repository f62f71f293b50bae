import Foundation
import Testing

@testable import Metrics

@Suite struct `The distance of sets` {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      let units: [Int64]
      let own, reference: [[Float]]
      let value, unbiased, floor, p_value: Double

      var pairs: [SetDistance.Pair] {
        zip(units, zip(own, reference)).map { .init(unit: $0, own: $1.0, reference: $1.1) }
      }
    }
    let cases: [String: Case]
  }

  private static func cases() throws -> [String: Fixture.Case] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Metrics/set-distance.json")
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file)).cases
  }

  @Test func `is the paper's, and its floor that of all permutations`() throws {
    let cases = try Self.cases()
    #expect(cases.count == 3)
    for (name, expected) in cases {
      let ours = try #require(SetDistance(expected.pairs))
      #expect(abs(ours.value - expected.value) < 1e-4, "\(name)")
      #expect(abs(ours.unbiased - expected.unbiased) < 1e-4, "\(name)")
      // A thousand of the 4096 patterns, or a thousand draws of 64.
      #expect(abs(ours.floor - expected.floor) < 0.1 * expected.floor, "\(name)")
      #expect(abs(ours.pValue - expected.p_value) < 0.05, "\(name)")
      #expect(ours.isWithinFloor == (name == "near"), "\(name)")
      #expect(ours.pairCount == expected.units.count)
    }
  }

  @Test func `is none of equal sets`() throws {
    let pairs = try #require(try Self.cases()["near"]).pairs.map {
      SetDistance.Pair(unit: $0.unit, own: $0.reference, reference: $0.reference)
    }
    let distance = try #require(SetDistance(pairs))
    #expect(abs(distance.value) < 1e-6 && abs(distance.floor) < 1e-6)
    #expect(distance.pValue == 1 && distance.isWithinFloor)
  }

  @Test func `is the same of as many pictures as do not fit into one strip`() throws {
    // Every pair three hundred times over: the V-statistic is a mean, and stays.
    let few = try #require(try Self.cases()["far"])
    let many = (0..<300).flatMap { copy in
      few.pairs.map {
        SetDistance.Pair(unit: $0.unit + Int64(few.units.count * copy), own: $0.own, reference: $0.reference)
      }
    }
    let distance = try #require(SetDistance(many))
    #expect(abs(distance.value - few.value) < 1e-4)
    // Chance makes less of more pictures.
    #expect(distance.floor < few.floor / 10)
  }

  @Test func `is nothing without whole embeddings`() {
    #expect(SetDistance([]) == nil)
    #expect(SetDistance([.init(unit: 0, own: [], reference: [])]) == nil)
    #expect(SetDistance([.init(unit: 0, own: [1, 0], reference: [1])]) == nil)
    #expect(SetDistance([.init(unit: 0, own: [1, 0], reference: [0, 0])]) == nil)
    #expect(SetDistance([.init(unit: 0, own: [1, .infinity], reference: [0, 1])]) == nil)
    let one = SetDistance([.init(unit: 0, own: [1, 0], reference: [0, 2])])
    #expect(one.map { abs($0.value - 2000 * (1 - exp(-0.01))) < 1e-3 } == true)
    #expect(one?.pValue == 1)
  }
}
