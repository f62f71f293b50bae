import Evaluation
import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@testable import Comparisons

@Suite struct `People's votes` {
  /// A run with votes of two people, the second of whom sees differences where there are none.
  private static func contents(in folder: URL, prompts: Int = 24) throws -> RunContents {
    var run = SyntheticRun()
    (run.prompts, run.seeds, run.ratios) = (
      Array(SyntheticRun.samplePrompts.prefix(prompts)), [0], [0, 0.3, 0.5]
    )
    run.size = 16
    let contents = try run.make(in: folder)
    let store = try ResultStore(folder.appendingPathComponent("results.sqlite"), access: .writing)
    var first = SyntheticVotes()
    first.name = "Ann"
    // 0.3 is like the baseline to everybody; at 0.5 seven in eight prompts are worse.
    first.answer = { prompt, variant, _ in
      variant.ratio == 0.3 ? .same : (prompt.row - 40) / 7 % 8 == 0 ? .merged : .baseline
    }
    first.trials = [.same, .same, .same]
    first.noticed = { prompt, _ in (prompt.row - 40) / 7 % 3 == 0 ? "" : "0.5" }
    var second = first
    (second.voter, second.name, second.round) = ("ff112233445566aa", nil, "0a31c07be55d0f12")
    second.trials = [.baseline, .merged, .same, .merged]
    second.noticed = { _, _ in nil }
    for votes in [first, second] {
      let file = try VotesFile([UInt8](votes.data(of: contents)), path: "votes.json")
      let outcome = try VotesImport.run([file], into: store)[0]
      #expect(outcome.refusedCount == 0)
    }
    return try store.contents(ofRun: contents.run.id)
  }

  @Test func `are said ratio by ratio, with verdicts and all that bears on them`() throws {
    try withTemporaryFolder { folder in
      let comparison = Comparison(try Self.contents(in: folder))
      let people = try #require(comparison.people)
      #expect(people.voteCount == 96 && people.margin == 0.1)
      let verdicts = comparison.rows.map { people.preferences[$0.variant.id]?.verdict }
      #expect(verdicts == [.equivalent, .worse])
      let share = try #require(comparison.rows.last.flatMap { people.preferences[$0.variant.id] }?.share)
      #expect(share.estimate.value == 0.875 && share.personCount == 2 && share.promptCount == 24)
      let sentences = people.sentences(comparison.rows)
      #expect(
        sentences[0].hasPrefix("ratio 0.3: people prefer the baseline 50 % [")
          && sentences[0].hasSuffix("] (48 votes of 2 people, 48 for neither): equivalent"), "\(sentences[0])"
      )
      #expect(
        sentences[1].hasPrefix("ratio 0.5: people prefer the baseline 88 % [")
          && sentences[1].hasSuffix("] (48 votes of 2 people): worse"), "\(sentences[1])")
      // Both say the same of every picture.
      #expect(people.agreement?.alpha.value == 1 && people.agreement?.itemCount == 48)
      #expect(people.survival == "half of 24 marked rows look changed from 0.5 on [0.5, none]")
      let text = ComparisonReport(comparison).text(.table)
      for words in [
        "prefer baseline [95 % CI]", "88 % [", sentences[0], "Krippendorff's α 1.00", "4 of 7 called alike",
        "voter ff112233 preferred one of two equal pictures in 3 of 4 such pairs", "half of 24 marked rows",
        "of these people and no others", "CLIP score is on people's side in",
      ] { #expect(text.contains(words), "\(words)\n\(text)") }
      #expect(!text.contains("voter Ann preferred"))
    }
  }

  @Test func `are in JSON and CSV, unrounded`() throws {
    try withTemporaryFolder { folder in
      let report = ComparisonReport(Comparison(try Self.contents(in: folder)))
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(report.text(.json).utf8)) as? [String: Any])
      let rows = try #require(json["ratios"] as? [[String: Any]])
      let votes = try #require(rows.last?["votes"] as? [String: Any])
      #expect(votes["prefer_baseline"] as? Double == 0.875 && votes["votes"] as? Int == 48)
      #expect(votes["vote_verdict"] as? String == "worse" && votes["votes_needed"] == nil)
      let people = try #require(json["people"] as? [String: Any])
      #expect(
        (people["voters"] as? [[String: Any]])?.compactMap { $0["doubtful"] as? Bool } == [false, true])
      let noticed = try #require(people["noticed"] as? [String: Any])
      #expect(noticed["median"] as? String == "0.5" && noticed["marks"] as? Int == 24)
      let lines = report.text(.csv).split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false)
      }
      let column = try #require(lines[0].firstIndex(of: "prefer_baseline"))
      #expect(lines.dropFirst().map { Double($0[column]) } == [nil, 0.5, 0.875])
    }
  }

  @Test func `of people who stand alone have no agreement, and a margin of their own`() throws {
    try withTemporaryFolder { folder in
      var contents = try Self.contents(in: folder)
      contents.votes.removeAll { $0.voterID != 1 }
      let people = try #require(Comparison(contents).people)
      #expect(people.agreement == nil && people.voters.count == 1 && people.voteCount == 48)
      // Nobody sees a difference at 0.3, but with so few votes not to two points.
      let narrow = try #require(Comparison(contents, voteMargin: 0.02).people)
      #expect(
        narrow.preferences.values.map(\.verdict).sorted { $0.rawValue < $1.rawValue } == [
          .inconclusive, .worse,
        ])
      #expect(narrow.margin == 0.02)
      contents.voters = []
      #expect(Comparison(contents).people == nil)
    }
  }

  @Test func `decide gates about them`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.contents(in: folder)
      let comparison = Comparison(contents)
      func outcome(_ text: String) throws -> GateCheck.Outcome {
        Conclusion(comparison, gates: [try Gate(text)]).checks[0].outcome
      }
      #expect(try outcome("prefer_baseline > 0.87") == .failed)
      #expect(try outcome("prefer_baseline > 0.875") == .passed)
      #expect(try outcome("prefer_baseline.ci_low > 0.5") == .failed)
      #expect(try outcome("prefer_baseline.ci_high < 0.5") == .passed)
      let error = try #require(throws: GateError.self) { try Gate("prefer_baseline.delta > 1") }
      #expect(error.reason == "prefer_baseline has ci_low and ci_high only")
      var silent = contents
      (silent.votes, silent.noticed, silent.voters) = ([], [], [])
      let check = Conclusion(Comparison(silent), gates: [try Gate("prefer_baseline > 0.6")]).checks[0]
      #expect(check.outcome == .unknown && check.detail.contains("votes import"))
    }
  }

  @Test func `say nothing where there are none, and between runs`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.contents(in: folder, prompts: 6)
      var silent = contents
      (silent.votes, silent.noticed, silent.voters) = ([], [], [])
      let report = ComparisonReport(Comparison(silent))
      for format in ComparisonReport.Format.allCases {
        let text = report.text(format)
        for word in ["prefer", "people", "Krippendorff", "vote"] { #expect(!text.contains(word), "\(word)") }
      }
      let between = Comparison(Pairing(contents, against: contents))
      #expect(between.people == nil)
    }
  }
}
