import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing

@testable import Comparisons

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct `A comparison as JUnit XML` {
  /// What a CI server reads of it.
  private struct Parsed {
    let root: XMLElement
    let cases: [XMLElement]

    init(_ report: ComparisonReport) throws {
      let document = try XMLDocument(xmlString: report.text(.junit))
      root = try #require(document.rootElement())
      let suites = root.elements(forName: "testsuite")
      cases = suites.flatMap { $0.elements(forName: "testcase") }
      for element in [root] + suites {
        for (name, value) in [
          ("tests", cases.count), ("failures", found("failure").count), ("errors", found("error").count),
          ("skipped", found("skipped").count),
        ] { #expect(element.attribute(forName: name)?.stringValue == "\(value)", "\(name)") }
      }
      #expect(suites.count == 1)
    }

    func found(_ kind: String) -> [XMLElement] { cases.flatMap { $0.elements(forName: kind) } }

    /// Of a group, by name: which kinds of element stand within it.
    func results(_ group: String) -> [String: [String]] {
      var results: [String: [String]] = [:]
      for test in cases where test.attribute(forName: "classname")?.stringValue == "tome-eval.\(group)" {
        guard let name = test.attribute(forName: "name")?.stringValue else { continue }
        results[name] = (test.children ?? []).filter { $0.kind == .element }.compactMap(\.name)
      }
      return results
    }
  }

  private static func run() -> SyntheticRun {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(6))
    run.size = 16
    return run
  }

  @Test func `has a case for every gate, with the terminal's words where it failed`() throws {
    try withTemporaryFolder { folder in
      var run = Self.run()
      run.name = "night <1> & \"day\"\u{1B}"
      let comparison = Comparison(try run.make(in: folder))
      let gates = ["clip_score.delta > -100", "clip_score.delta < -100", "ssim.delta < -1"]
      let report = ComparisonReport(comparison, gates: try gates.map(Gate.init))
      let parsed = try Parsed(report)
      #expect(
        parsed.results("gates") == [gates[0]: ["failure"], gates[1]: [], gates[2]: ["error"]])
      let checks = report.conclusion.checks
      let failure = try #require(parsed.found("failure").first)
      #expect(failure.stringValue == "gate failed: \(gates[0]) (\(checks[0].detail))")
      #expect(failure.attribute(forName: "message")?.stringValue == checks[0].detail)
      #expect(parsed.found("error").first?.stringValue == checks[2].line)
      let table = report.text(.table)
      for check in [checks[0], checks[2]] { #expect(table.contains(check.line)) }

      let text = report.text(.junit)
      #expect(text.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "))
      #expect(text.contains("clip_score.delta &gt; -100"))
      let properties = try parsed.root.nodes(forXPath: "testsuite/properties/property[@name='run']/@value")
      #expect(properties.map(\.stringValue) == ["night <1> & \"day\"\\u{1B}"])
      let conclusions = try parsed.root.nodes(forXPath: "testsuite/system-out")
      #expect(conclusions.count == 1)
      #expect(try #require(conclusions[0].stringValue).hasPrefix(report.conclusion.headline))
    }
  }

  @Test func `has a case for every null check`() throws {
    try withTemporaryFolder { folder in
      var contents = try Self.run().make(in: folder)
      let variant = try #require(contents.variants.last)
      contents.nullChecks = [
        NullCheckRecord(runID: contents.run.id, kind: .zeroRatio, outcome: .failed, detail: "3 < 4 & \"no\""),
        NullCheckRecord(runID: contents.run.id, kind: .repetition, outcome: .pending, detail: "not made"),
        NullCheckRecord(
          runID: contents.run.id, kind: .effect, variantID: variant.id, outcome: .passed, detail: "changed"),
        NullCheckRecord(runID: contents.run.id, kind: .cap, outcome: .noted, detail: "acts as 0.75"),
      ]
      let parsed = try Parsed(ComparisonReport(Comparison(contents)))
      #expect(
        parsed.results("null_checks") == [
          "zero_ratio": ["failure"], "repetition": ["skipped"], "effect, \(variant.title)": [], "cap": [],
        ])
      #expect(parsed.found("failure").map(\.stringValue) == ["NULL CHECK FAILED: 3 < 4 & \"no\""])
      #expect(parsed.results("gates").isEmpty)
    }
  }

  @Test func `fails for pictures that failed, are missing or changed, as the exit code does`() throws {
    try withTemporaryFolder { folder in
      let whole = ComparisonReport(Comparison(try Self.run().make(in: folder)))
      #expect(whole.conclusion.exitCode == 0)
      let parsed = try Parsed(whole)
      #expect(parsed.results("pictures") == ["finished": [], "as scored": []])
      #expect(parsed.found("failure").isEmpty)
    }
    try withTemporaryFolder { folder in
      var run = Self.run()
      run.fate = { prompt, variant, seed in
        prompt.row == 40 && variant.ratio == 0.5 && seed == 0 ? .failed : nil
      }
      let contents = try run.make(in: folder)
      let gone = try #require(contents.samples.first { $0.state == .done }?.picture?.path)
      let report = ComparisonReport(Comparison(contents)) { $0.path == gone ? .gone : .stored }
      #expect(report.conclusion.exitCode == 3)
      let parsed = try Parsed(report)
      #expect(parsed.results("pictures") == ["finished": ["failure"], "as scored": ["failure"]])
      #expect(
        parsed.found("failure").map(\.stringValue) == [
          "ratio 0.5: 1 picture failed", "1 picture file gone since: scores are what they were",
        ])
    }
  }
}
