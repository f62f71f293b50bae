import Comparisons
import Foundation
import Machine
import ReferenceFixtures
import StableDiffusion
import Statistics
import Testing
import TokenMerging

@testable import Benchmarking

/// Gates and baselines on turns with made-up figures.
@Suite struct BenchmarkGateTests {
  let items = BenchmarkCase.configurations(
    width: 64, height: 64, batch: 1, merging: [MergingOptions(ratio: 0.5)])

  /// A report of turns that take 2 s, merged 1.5 s, times a factor, ours and the peer's, a little more each round.
  func report(
    rounds: Int = 3, factor: Double = 1, peerFactor: Double? = nil, baseline: BenchmarkBaseline? = nil,
    gates: [String] = [], model: BenchmarkSubject = .random(.sd15)
  ) throws -> BenchmarkReport {
    var run = BenchmarkRun(
      subject: model, cases: items, rounds: rounds, repeats: 1, threads: 2, memoryLimit: nil)
    if peerFactor != nil {
      run.peer = BenchmarkPeer(
        command: "venv/bin/python", python: "3.12", versions: ["torch": "2.9", "tomesd": "0.1.3"], threads: 2)
    }
    var turns: [BenchmarkRow.Key: Int] = [:]
    let rows = try run.run(cancellation: Cancellation(), estimate: { _, _ in 1 << 29 }) { turn, program in
      let key = BenchmarkRow.Key(item: turn.item, program: program)
      defer { turns[key, default: 0] += 1 }
      let round = 1 + 0.01 * Double(turns[key, default: 0])
      let seconds = (turn.item.merging == nil ? 2 : 1.5) * round * factor
      return .measured(
        program == .own
          ? BenchmarkFigures(
            firstSeconds: 3,
            splits: [TimeSplitRecord(convolution: seconds, attention: 0, merging: 0, other: 0)],
            peakMemoryBytes: 1 << 30)
          : BenchmarkFigures(
            firstSeconds: 3, seconds: [seconds * (peerFactor ?? 1)], peakMemoryBytes: 2 << 30))
    } progress: { _ in
    }
    return BenchmarkReport(
      run: run, rows: rows, steps: 20, machine: .current, toolVersion: "test", isInterrupted: false,
      baseline: baseline, gates: try gates.map(BenchmarkGate.init))
  }

  func json(_ report: BenchmarkReport) throws -> Data {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return try encoder.encode(report)
  }

  /// What an earlier report was written as.
  func baseline(_ data: Data) throws -> BenchmarkBaseline {
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("before.json")
      try data.write(to: file)
      return try BenchmarkBaseline(path: file.path)
    }
  }

  @Test(arguments: [
    ("seconds_rato > 1", 0..<12, "seconds_ratio, speedup"),
    ("speedup.mean < 1", 0..<12, "ci_low and ci_high"),
    ("speedup =< 1", 8..<10, "<="), ("speedup < fast", 10..<14, "number"),
    ("speedup <", 9..<10, "seconds_ratio"),
    ("peer_ratio < 1 2", 15..<16, "nothing may follow"),
  ]) func `a gate points at the word that is wrong`(text: String, range: Range<Int>, hint: String) throws {
    let error = try #require(throws: GateError.self) { try BenchmarkGate(text) }
    #expect(error.range == range)
    #expect(error.reason.contains(hint), "\(error.reason)")
  }

  @Test func `gates about a run look at what merges, or at everything`() throws {
    let gates = [
      "speedup < 1.3", "speedup.ci_low > 1.4", "speedup > 1.3", "tiled_speedup.ci_low < 1",
      "peer_ratio.ci_high < 0.6", "peer_ratio > 0.4",
    ]
    let report = try report(peerFactor: 2, gates: gates)
    #expect(
      report.checks.map(\.outcome) == [.passed, .passed, .failed, .passed, .failed, .failed])
    #expect(report.checks.map(\.condition) == gates)
    // Both that merge, and no other.
    let failed = report.checks[2].detail
    #expect(
      failed.components(separatedBy: "has 1.3333").count == 3 && failed.contains("plain, fp32, ratio 0.5"))
    // All four.
    #expect(report.checks[5].detail.components(separatedBy: "has 0.5000").count == 5)
    #expect(report.text(.text).contains("gate failed: speedup > 1.3"))
  }

  @Test func `without an interval, or without a measurement, a gate is undecided`() throws {
    let short = try report(rounds: 2, gates: ["speedup.ci_low < 1", "speedup < 1"])
    #expect(short.checks.map(\.outcome) == [.unknown, .passed])
    #expect(short.checks[0].detail.contains("3 rounds or more"))
    #expect(short.text(.text).contains("round brackets"))
    let alone = try report(gates: ["peer_ratio > 100"])
    #expect(alone.checks.map(\.outcome) == [.unknown])
  }

  @Test func `times are compared with those of a baseline`() throws {
    let before = try baseline(json(report()))
    let slower = try report(
      factor: 1.1, baseline: before, gates: ["seconds_ratio.ci_low > 1.05", "seconds_ratio > 1.2"])
    #expect(slower.checks.map(\.outcome) == [.failed, .passed])
    for row in slower.rows {
      let ratio = try #require(slower.secondsRatio(row))
      #expect(abs(ratio.estimate.value - 1.1) < 1e-12 && ratio.count == 3)
    }
    #expect(slower.text(.text).contains("÷ baseline") && slower.text(.text).contains("1.10x ["))
    let same = try report(baseline: before, gates: ["seconds_ratio.ci_low > 1.05"])
    #expect(same.checks.map(\.outcome) == [.passed])
    // The peer's rows of a baseline are none of ours.
    let withPeer = try baseline(json(report(peerFactor: 3)))
    let after = try report(baseline: withPeer)
    #expect(after.rows.allSatisfy { abs((after.secondsRatio($0)?.logMean ?? 1)) < 1e-12 })
  }

  @Test func `a baseline of another machine, threads or model is refused by the field`() throws {
    let report = try report()
    let document = try JSONSerialization.jsonObject(with: json(report)) as? [String: Any]
    var altered = try #require(document)
    var machine = try #require(altered["machine"] as? [String: Any])
    machine["cpu"] = "another processor"
    altered["machine"] = machine
    altered["model"] = "another/model"
    let before = try baseline(JSONSerialization.data(withJSONObject: altered))
    func field(allowing allowed: Set<BenchmarkBaseline.Difference>) -> String? {
      do throws(BenchmarkError) {
        try before.check(against: report.run, on: report.machine, allowing: allowed)
      } catch {
        guard case .baseline(_, let field, _) = error else { return nil }
        #expect(error.description.contains("--allow-different"))
        return field
      }
      return nil
    }
    #expect(field(allowing: []) == "machine.cpu")
    #expect(field(allowing: [.machine]) == "model")
    #expect(field(allowing: [.machine, .model]) == nil)
    altered["threads"] = 64
    let threads = try baseline(JSONSerialization.data(withJSONObject: altered))
    let error = #expect(throws: BenchmarkError.self) {
      try threads.check(against: report.run, on: report.machine, allowing: [.machine, .model])
    }
    #expect(error?.description.contains("threads is '64', here it is '2'") == true)
  }

  @Test func `a file that is no baseline is named with its field`() throws {
    let report = try report()
    let document = try JSONSerialization.jsonObject(with: json(report)) as? [String: Any]
    let good = try #require(document)
    func description(_ change: (inout [String: Any]) -> Void) throws -> String {
      var changed = good
      change(&changed)
      let data = try JSONSerialization.data(withJSONObject: changed)
      return try #require(throws: BenchmarkError.self) { try baseline(data) }.description
    }
    func changingRow(_ change: (inout [String: Any]) -> Void) throws -> String {
      var rows = try #require(good["rows"] as? [[String: Any]])
      change(&rows[1])
      return try description { $0["rows"] = rows }
    }
    #expect(try description { $0["threads"] = nil }.contains("before.json: threads is missing"))
    #expect(try description { $0["tool_version"] = 1 }.contains("tool_version expected a text"))
    #expect(try changingRow { $0["weights_resident"] = nil }.contains("rows[1].weights_resident is missing"))
    #expect(
      try changingRow { $0["turns"] = [["seconds": [0]]] }.contains("rows[1].turns[0].seconds is to hold"))
    #expect(
      try #require(throws: BenchmarkError.self) { try baseline(Data("no".utf8)) }.description.contains(
        "no benchmark's JSON"))
    let missing = #expect(throws: BenchmarkError.self) { try BenchmarkBaseline(path: "/none/before.json") }
    #expect(missing?.description.contains("/none/before.json: cannot be read") == true)
  }
}
