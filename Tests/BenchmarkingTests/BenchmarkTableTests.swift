import Foundation
import Machine
import Pictures
import StableDiffusion
import Statistics
import Tensors
import Testing
import TokenMerging

@testable import Benchmarking

/// The table's logic on turns with made-up figures.
@Suite struct BenchmarkTableTests {
  static let machine = MachineDescription.current
  let merging = MergingOptions(ratio: 0.5)

  func cases(_ sizes: [Int] = [64, 128]) -> [BenchmarkCase] {
    sizes.flatMap {
      BenchmarkCase.configurations(width: $0, height: $0, batch: 1, merging: [merging])
    } + [BenchmarkCase(part: .vae, width: 64, height: 64)]
  }

  func run(_ cases: [BenchmarkCase], rounds: Int = 3, limit: Int? = nil) -> BenchmarkRun {
    BenchmarkRun(
      subject: .random(.sd15), cases: cases, rounds: rounds, repeats: 1, threads: 2, memoryLimit: limit)
  }

  func figures(_ seconds: Double, memory: Int = 1 << 30) -> BenchmarkFigures {
    BenchmarkFigures(
      firstSeconds: 2 * seconds,
      splits: [
        TimeSplitRecord(
          convolution: seconds / 2, attention: seconds / 4, merging: seconds / 8, other: seconds / 8)
      ], peakMemoryBytes: memory)
  }

  /// Plain attention takes 4 s, tiled 3 s, merging a second less; every round is half a second slower.
  func seconds(_ item: BenchmarkCase, round: Int) -> Double {
    (item.attention == .plain ? 4 : 3) - (item.merging == nil ? 0 : 1) + Double(round) / 2
  }

  func report(
    _ run: BenchmarkRun, _ rows: [BenchmarkRow], interrupted: Bool = false
  ) -> BenchmarkReport {
    BenchmarkReport(
      run: run, rows: rows, steps: 20, machine: Self.machine, toolVersion: "test", isInterrupted: interrupted)
  }

  @Test func `configurations take turns, sizes follow one another`() {
    let items = cases()
    let schedule = run(items, rounds: 2).schedule()
    #expect(schedule.map(\.round) == [0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1])
    #expect(schedule.prefix(4).map(\.item) == Array(items.prefix(4)))
    #expect(schedule[4..<8].map(\.item) == Array(items.prefix(4)))
    #expect(items[0] == items[0].vanilla && items[0].merging == nil && items[0].attention == .plain)
    #expect(items.prefix(4).map(\.attention) == [.plain, .plain, .tiled, .tiled])
  }

  @Test func `savings are taken between neighbours, times are medians`() throws {
    let items = cases([64])
    let run = run(items)
    var turns: [BenchmarkCase: Int] = [:]
    let rows = try run.run(cancellation: Cancellation(), estimate: { _, _ in 1 << 29 }) { turn, program in
      #expect(turn.subject == .random(.sd15) && turn.threads == 2 && turn.repeats == 1 && program == .own)
      defer { turns[turn.item, default: 0] += 1 }
      return .measured(figures(seconds(turn.item, round: turns[turn.item, default: 0])))
    } progress: { _ in
    }
    #expect(rows.map(\.item) == items)
    #expect(turns.values.allSatisfy { $0 == 3 })
    let report = report(run, rows)
    let merged = try #require(report.row(items[3]))
    #expect(merged.time?.median == 2.5 && merged.time?.low == 2 && merged.time?.high == 3)
    // 4/2, 4.5/2.5, 5/3; the interval of their logarithms is scipy's.
    let speedup = try #require(report.speedup(merged))
    #expect(abs(speedup.estimate.value - 1.817_120_592_832) < 1e-9)
    let interval = try #require(speedup.estimate.interval)
    #expect(abs(interval.lower - 1.447_565_71) < 1e-7 && abs(interval.upper - 2.281_020_64) < 1e-7)
    #expect(abs(speedup.savedPercent.value - 44.967_879) < 1e-5)
    // 3/2, 3.5/2.5, 4/3
    let tiled = try #require(report.tiledSpeedup(merged))
    #expect(abs(tiled.estimate.value - 1.409_459_746_4) < 1e-9)
    #expect(report.speedup(rows[0]) == nil && report.tiledSpeedup(rows[1]) == nil)
    #expect(merged.peakMemoryBytes == 1 << 30)
    #expect(merged.shares?.attention == 0.25)
    // 20 steps and the decoder's median.
    #expect(report.pictureSeconds(merged) == 20 * 2.5 + 3.5)
    let text = report.text(.text)
    #expect(text.contains("+45.0 %") && text.contains("2.00–3.00") && text.contains("50 %"))
    #expect(text.contains("1.82x [1.45, 2.28]") && text.contains("1.41x [1.22, 1.63]"))
    #expect(text.contains("Student's t") && !text.contains("round brackets") && !text.contains("torch"))
    #expect(text.contains("75 % of cases"))
    let markdown = report.text(.markdown)
    #expect(markdown.contains("| unet | 64x64 | 1 | plain | fp32 | no | 4.50 |"))
  }

  @Test func `what is too large is not run, what the limit ends is run once`() throws {
    let items = cases([64])
    let run = run(items, limit: 1 << 30)
    var taken: [BenchmarkCase] = []
    let rows = try run.run(cancellation: Cancellation()) { item, _ in
      item.attention == .plain ? 2 << 30 : 1 << 29
    } take: { turn, _ in
      taken.append(turn.item)
      #expect(turn.memoryLimit == 1 << 30)
      if turn.item.merging != nil { return .outOfMemory }
      if turn.item.part == .vae { return .failed(reason: "why") }
      return .measured(figures(1))
    } progress: { _ in
    }
    #expect(rows.map(\.state) == [.tooLarge, .tooLarge, .open, .outOfMemory, .failed(reason: "why")])
    #expect(taken.count { $0 == items[2] } == 3 && taken.count { $0 == items[3] } == 1)
    #expect(!taken.contains(items[0]))
    let report = report(run, rows)
    #expect(report.hasFailures)
    let text = report.text(.text)
    #expect(text.components(separatedBy: "out of memory").count == 5)
    #expect(text.contains("failed: vae 64x64, batch 1: why") && text.contains("estimated to fit"))
  }

  @Test func `a peer has its turn right after ours, and the quotient is of both`() throws {
    let items = cases([64])
    var run = run(items)
    run.peer = BenchmarkPeer(
      command: "venv/bin/python", python: "3.12", versions: ["torch": "2.9", "diffusers": "0.36"], threads: 2)
    #expect(run.schedule().prefix(4).map(\.program) == [.own, .torch, .own, .torch])
    var taken: [BenchmarkProgram] = []
    let rows = try run.run(cancellation: Cancellation(), estimate: { _, _ in 1 << 29 }) { turn, program in
      taken.append(program)
      guard program == .torch else {
        return turn.item == items[1] ? .failed(reason: "why") : .measured(figures(2))
      }
      if turn.item == items[2] { return .failed(reason: "no such layer") }
      return .measured(BenchmarkFigures(firstSeconds: 9, seconds: [4], peakMemoryBytes: 1 << 31))
    } progress: { progress in
      #expect(progress.total == 30)
    }
    // Without ours there is none of the peer's, and none after one that failed.
    #expect(taken.count { $0 == .own } == 13 && taken.count { $0 == .torch } == 10)
    #expect(rows.map(\.program) == [.own, .torch, .own, .torch, .own, .torch, .own, .torch, .own, .torch])
    #expect(rows[1].estimatedBytes == nil && rows[1].shares == nil && rows[1].seconds == [4, 4, 4])
    let report = report(run, rows)
    let ratio = try #require(report.peerRatio(rows[0]))
    #expect(abs(ratio.estimate.value - 0.5) < 1e-12 && report.peerRatio(rows[1]) == nil)
    #expect(report.peerRatio(rows[2]) == nil && report.peerRatio(rows[4]) == nil)
    // The peer's savings are its own.
    let speedup = try #require(report.speedup(rows[7]))
    #expect(abs(speedup.estimate.value - 1) < 1e-12)
    #expect(abs(try #require(report.pictureSeconds(rows[1])) - 84) < 1e-9)
    let text = report.text(.text)
    #expect(text.contains("÷ torch") && text.contains("0.50x [0.50, 0.50]") && text.contains("not run"))
    #expect(text.contains("venv/bin/python: Python 3.12, diffusers 0.36, torch 2.9; 2 threads"))
    #expect(text.contains("tiled, fp32, torch: no such layer") && text.contains("random weights of the same"))
  }

  @Test func `an interrupted run keeps what it has`() throws {
    let items = cases([64])
    let run = run(items)
    let cancellation = Cancellation()
    var left: [Double?] = []
    let rows = try run.run(cancellation: cancellation, estimate: { _, _ in 1 }) { turn, _ in
      guard turn.item != items[2] else { return .interrupted }
      return .measured(figures(1))
    } progress: {
      left.append($0.secondsLeft)
    }
    #expect(rows.map { $0.time != nil } == [true, true, false, false, false])
    #expect(left.count == 5 && left[0] == nil)
    #expect(left.dropFirst().allSatisfy { $0 != nil })
    let text = report(run, rows, interrupted: true).text(.text)
    #expect(text.contains("not measured") && text.contains("interrupted: rows are"))
  }

  @Test func `time left goes by what the same turn took, or by pixels`() throws {
    var clock = RemainingTime()
    let (small, large) = (BenchmarkCase(width: 64, height: 64), BenchmarkCase(width: 128, height: 128))
    #expect(clock.seconds(for: [small]) == nil)
    clock.add(small, seconds: 3)
    let larger = try #require(clock.seconds(for: [small, large]))
    #expect(abs(larger - 15) < 1e-9)
    clock.add(large, seconds: 20)
    let all = try #require(clock.seconds(for: [small, large, large]))
    #expect(abs(all - 43) < 1e-9)
  }

  @Test func `the JSON has every field, nulls where nothing is known`() throws {
    let items = cases([64])
    let run = run(items, rounds: 1, limit: 1 << 30)
    let rows = try run.run(
      cancellation: Cancellation(), estimate: { item, _ in item.part == .vae ? 2 << 30 : 1 }
    ) { turn, _ in
      .measured(figures(seconds(turn.item, round: 0)))
    } progress: { _ in
    }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let object = try JSONSerialization.jsonObject(with: encoder.encode(report(run, rows))) as? [String: Any]
    let json = try #require(object)
    #expect(json["model"] as? String == "random sd15" && json["memory_limit_bytes"] as? Int == 1 << 30)
    #expect(json["interrupted"] as? Bool == false && json["machine"] is [String: Any])
    let list = try #require(json["rows"] as? [[String: Any]])
    let keys: Set = [
      "part", "width", "height", "batch", "program", "attention", "precision", "weights_resident", "merging",
      "state", "reason", "seconds", "turns", "time_shares", "picture_seconds", "saved_percent", "speedup",
      "tiled_saved_percent", "tiled_speedup", "peer_ratio", "seconds_ratio", "peak_memory_bytes",
      "estimated_bytes",
    ]
    #expect(list.count == 5 && list.allSatisfy { Set($0.keys) == keys })
    #expect(list[0]["saved_percent"] is NSNull && list[0]["merging"] is NSNull)
    let saved = try #require(list[3]["saved_percent"] as? [String: Any])
    #expect(saved["value"] as? Double == 50 && saved["ci_low"] is NSNull)
    let tiledSaved = try #require(list[3]["tiled_saved_percent"] as? [String: Any])
    #expect(abs(try #require(tiledSaved["value"] as? Double) - 33.333_333) < 1e-5)
    let speedup = try #require(list[3]["speedup"] as? [String: Any])
    #expect(
      Set(speedup.keys) == [
        "ratio", "ci_low", "ci_high", "least", "greatest", "log_mean", "log_ci_low", "log_ci_high", "rounds",
      ])
    #expect(
      speedup["rounds"] as? Int == 1 && speedup["least"] as? Double == 2 && speedup["ci_high"] is NSNull)
    #expect(
      json["peer"] is NSNull && json["baseline"] is NSNull && (json["gates"] as? [Any])?.isEmpty == true)
    #expect((list[3]["merging"] as? [String: Any])?["ratio"] as? Double == 0.5)
    #expect(list[4]["state"] as? String == "out of memory" && list[4]["seconds"] is NSNull)
    let turns = try #require(list[0]["turns"] as? [[String: Any]])
    #expect(turns.count == 1 && turns[0]["seconds"] as? [Double] == [4] && turns[0]["round"] as? Int == 1)
    #expect(turns[0]["first_seconds"] as? Double == 8)
  }
}
