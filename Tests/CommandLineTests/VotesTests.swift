import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing

/// Votes from the page's file to what `compare` says.
@Suite struct VotesTests {
  private let folder: TemporaryFolder
  private let contents: RunContents
  private var run: String { folder.url.path }
  private var store: String { folder.url.appendingPathComponent("results.sqlite").path }

  init() throws {
    folder = try TemporaryFolder()
    var run = SyntheticRun()
    (run.prompts, run.seeds, run.ratios) = (Array(SyntheticRun.samplePrompts.prefix(12)), [0], [0, 0.3, 0.5])
    run.size = 16
    contents = try run.make(in: folder.url)
  }

  private func file(_ name: String, _ change: (String) -> String = { $0 }) throws -> String {
    var votes = SyntheticVotes()
    votes.answer = { _, variant, _ in variant.ratio == 0.3 ? .same : .baseline }
    votes.trials = [.same]
    votes.noticed = { _, _ in "0.5" }
    let url = folder.url.appendingPathComponent(name)
    let text = change(String(decoding: try votes.data(of: contents), as: UTF8.self))
    try Data(text.utf8).write(to: url)
    return url.path
  }

  private func importing(_ files: String..., options: [String] = []) throws -> Tool.Result {
    try Tool.run(["votes", "import"] + files + ["--store", store] + options)
  }

  private func compare(_ options: String...) throws -> Tool.Result {
    try Tool.run(["compare", "--store", store, "--output", run] + options)
  }

  @Test func `are imported once, and compare says what they come to`() throws {
    let silent = try compare()
    #expect(silent.status == 0 && !silent.output.contains("people prefer"), "\(silent)")
    let votes = try file("votes.json")
    let first = try importing(votes)
    #expect(first.status == 0, "\(first)")
    #expect(
      first.output.contains("25 votes and 12 marks of voter 00112233 taken into run synthetic"), "\(first)")
    let again = try importing(votes, options: ["--json"])
    let outcomes = try #require(
      try JSONSerialization.jsonObject(with: Data(again.output.utf8)) as? [[String: Any]])
    #expect(outcomes[0]["votes"] as? Int == 0 && outcomes[0]["known"] as? Int == 37, "\(again)")
    let spoken = try compare()
    #expect(spoken.output.contains("ratio 0.5: people prefer the baseline 100 % ["), "\(spoken.output)")
    #expect(spoken.output.contains("(12 votes of 1 person): worse"))
    #expect(spoken.output.contains("half of 12 marked rows look changed from 0.5 on"))
    let gate = try compare("--fail-if", "prefer_baseline.ci_low > 0.5")
    #expect(gate.status == 1 && gate.errors.contains("gate failed: prefer_baseline.ci_low > 0.5"), "\(gate)")
    let margin = try compare("--vote-margin", "0.3", "--json").json()
    #expect((margin["people"] as? [String: Any])?["margin"] as? Double == 0.3)
    let wrong = try compare("--vote-margin", "0.5")
    #expect(wrong.status == 2 && wrong.errors.contains("--vote-margin must be above 0 and below 0.5"))
    let report = try Tool.run("report", "--store", store, "--output", run)
    #expect(report.status == 0, "\(report)")
    let page = try String(contentsOfFile: run + "/index.html", encoding: .utf8)
    #expect(page.contains("people prefer the baseline 100 %"))
  }

  @Test func `of a damaged file are not taken, nor those of a sound one beside it`() throws {
    let sound = try file("sound.json")
    let damaged = try file("damaged.json") {
      $0.replacing("\"answer\":\"same\"", with: "\"answer\":\"maybe\"")
    }
    let result = try importing(sound, damaged)
    #expect(result.status == 2 && result.output.isEmpty, "\(result)")
    #expect(
      result.errors.contains("\(damaged): votes[0].answer is 'maybe', expected left, right, same or skip"),
      "\(result.errors)")
    #expect(try ResultStore(URL(fileURLWithPath: store)).contents(ofRun: contents.run.id).votes.isEmpty)
    let missing = try importing(folder.url.appendingPathComponent("none.json").path)
    #expect(missing.status == 2 && missing.errors.contains("none.json: cannot be read"), "\(missing.errors)")
    let elsewhere = try Tool.run("votes", "import", sound, "--output", run + "/nowhere")
    #expect(elsewhere.status == 2 && elsewhere.errors.contains("no such store"), "\(elsewhere.errors)")
  }

  @Test func `on other pictures are refused with a count and the reason`() throws {
    let hash = try #require(
      contents.samples.first { $0.variantID != contents.baseline?.id }?.picture?.pixelHash)
    let other = try file("other.json") { $0.replacing(hash, with: String(repeating: "0", count: 64)) }
    let result = try importing(other)
    #expect(result.status == 3, "\(result)")
    #expect(
      result.errors.contains(
        "1 of its votes and marks refused: their pictures have other pixels now than when they were seen"),
      "\(result.errors)")
    #expect(result.output.contains("24 votes and 12 marks") && result.output.contains(", 1 refused"))
  }

  @Test func `have help that says where the files come from`() throws {
    for words in [["votes", "--help"], ["votes", "import", "--help"]] {
      let help = try Tool.run(words)
      #expect(help.status == 0 && help.output.contains("tome-eval votes import"), "\(help)")
    }
  }
}
