import Foundation
import Testing

@testable import Statistics

/// What scipy and numpy compute from the same votes; made by Tests/Reference/votes.py.
struct VoteReference: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    let name: String
    let prompt: [Int64]
    let person: [Int64]
    let choice: [String]
    let value: Double
    let interval: [Double]
    let pValue: Double
    let equivalencePValue: Double

    var testDescription: String { name }

    var votes: [Preference.Vote] {
      prompt.indices.map { index in
        let choice: Preference.Choice =
          switch choice[index] {
          case "baseline": .baseline
          case "merged": .merged
          default: .neither
          }
        return .init(prompt: prompt[index], person: person[index], choice: choice)
      }
    }
  }

  let cases: [Case]
  let items: [[Int]]
  let alpha: Double
  let steps: [Int]
  let never: Int
  let survival: [Double]

  static let loaded = Result {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Fixtures/Statistics/votes.json").standardizedFileURL
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(VoteReference.self, from: Data(contentsOf: url))
  }
  static var cases: [Case] { (try? loaded.get().cases) ?? [] }
}

@Suite struct `Votes are judged as scipy would` {
  @Test func `the fixture is there`() throws {
    #expect(try VoteReference.loaded.get().cases.count == 6)
  }

  /// The same sums in another form, and quantiles found by bisection: 1e-9.
  @Test(arguments: VoteReference.cases)
  func `shares, intervals and p-values`(_ reference: VoteReference.Case) throws {
    let preference = try #require(Preference.all([reference.votes])[0])
    let interval = try #require(preference.share.estimate.interval)
    #expect(abs(preference.share.estimate.value - reference.value) < 1e-12)
    #expect(abs(interval.lower - reference.interval[0]) < 1e-9)
    #expect(abs(interval.upper - reference.interval[1]) < 1e-9)
    #expect(abs(preference.pValue - reference.pValue) < 1e-9)
    #expect(abs(preference.equivalencePValue - reference.equivalencePValue) < 1e-9)
    #expect(preference.voteCount == reference.prompt.count)
    #expect(
      preference.baselineCount + preference.mergedCount + preference.neitherCount == preference.voteCount)
    #expect(preference.share.promptCount == Set(reference.prompt).count)
    #expect(preference.share.personCount == Set(reference.person).count)
    #expect(preference.share.isOfOthers == (Set(reference.person).count >= 6))
  }

  @Test func `agreement is that of a published example`() throws {
    let reference = try VoteReference.loaded.get()
    let items = reference.items.enumerated().map {
      Agreement.Item(prompt: Int64($0.offset), categories: $0.element)
    }
    let agreement = try #require(Agreement(items))
    #expect(abs(agreement.alpha.value - reference.alpha) < 1e-12 && abs(reference.alpha - 0.691) < 5e-4)
    #expect(agreement.itemCount == 12)
    let interval = try #require(agreement.alpha.interval)
    #expect(interval.contains(agreement.alpha.value) && interval.upper <= 1)
    #expect(Agreement(items) == agreement)
  }

  @Test func `survival is Kaplan and Meier's`() throws {
    let reference = try VoteReference.loaded.get()
    let steps = reference.steps.map(Int?.init) + [Int?](repeating: nil, count: reference.never)
    let curve = try #require(
      NoticedCurve(
        steps.enumerated().map { .init(prompt: Int64($0.offset), person: 0, step: $0.element) }, steps: 4))
    #expect(curve.markCount == 13 && curve.unchanged.count == 4)
    for (share, expected) in zip(curve.unchanged, reference.survival) {
      #expect(abs(share.estimate.value - expected) < 1e-12)
    }
    // 12/13, 9/13, 7/13 and 4/13 look unchanged.
    #expect(curve.median == 3)
  }
}
