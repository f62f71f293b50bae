import Evaluation
import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing

@testable import Reporting

@Suite struct `A report on votes` {
  @Test func `says what people prefer beside the table, and nothing without votes`() throws {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      (run.prompts, run.seeds, run.ratios) = (Array(SyntheticRun.samplePrompts.prefix(12)), [0], [0, 0.5])
      run.size = 16
      let contents = try run.make(in: folder)
      func page() throws -> String {
        let store = try ResultStore(folder.appendingPathComponent("results.sqlite"))
        let contents = try store.contents(ofRun: contents.run.id)
        return try String(
          contentsOf: Report(sources: [.init(contents, in: folder)]).write(to: folder), encoding: .utf8)
      }
      let silent = try page()
      #expect(!silent.contains("remarks people") && !silent.contains("People prefer the baseline"))
      #expect(!silent.contains("<dt>Votes</dt>"))
      var votes = SyntheticVotes()
      votes.answer = { _, _, _ in .baseline }
      votes.noticed = { _, _ in "0.5" }
      let file = try VotesFile([UInt8](votes.data(of: contents)), path: "votes.json")
      let store = try ResultStore(folder.appendingPathComponent("results.sqlite"), access: .writing)
      _ = try VotesImport.run([file], into: store)
      let html = try page()
      #expect(html.contains("<ul class=\"remarks people\"><li>Ratio 0.5: people prefer the baseline 100 % ["))
      #expect(html.contains("(12 votes of 1 person): worse.</li>"))
      #expect(html.contains("<li>Half of 12 marked rows look changed from 0.5 on [0.5, 0.5].</li>"))
      #expect(html.contains("People prefer the baseline</abbr>") && html.contains("<dt>Votes</dt>"))
      let csv = try String(contentsOf: folder.appendingPathComponent("ratios.csv"), encoding: .utf8)
      #expect(csv.contains("prefer_baseline,prefer_baseline_ci_low"))
    }
  }

  /// What the page's script saves is what the command reads.
  @Test func `exports by the version that is read`() throws {
    let script = ContactSheet.script
    #expect(script.contains("version: \(VotesFile.versions.upperBound),"))
    #expect(script.contains("format: \"\(VotesFile.format)\"") && script.contains("voter: memory.voter()"))
  }
}
