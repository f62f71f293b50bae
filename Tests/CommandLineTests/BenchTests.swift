import Benchmarking
import DemoCheckpoint
import Foundation
import Machine
import ReferenceFixtures
import StableDiffusion
import Testing
import TokenMerging

/// `bench` with the bundled model and with random weights, at sizes that take a second.
@Suite(.serialized) struct BenchTests {
  func rows(_ result: Tool.Result) throws -> [[String: Any]] {
    #expect(result.status == 0, "\(result.errors)")
    return try #require(result.json()["rows"] as? [[String: Any]])
  }

  @Test func `every configuration is measured, and memory is what was estimated`() throws {
    let result = try Tool.run(
      "bench", "--sizes", "64,128x96", "--ratios", "0.3,0.5", "--rounds", "2", "--parts",
      "unet,vae,text,clip", "--steps", "10", "--threads", "2", "--json")
    let rows = try rows(result)
    #expect(rows.count == 16)
    for row in rows {
      #expect(row["state"] as? String == "measured")
      let seconds = try #require(row["seconds"] as? [String: Double])
      #expect(try #require(seconds["median"]) > 0)
      let turns = try #require(row["turns"] as? [[String: Any]])
      #expect(turns.map { $0["round"] as? Int } == [1, 2])
      #expect(turns.allSatisfy { ($0["seconds"] as? [Double])?.count == 1 })
      let shares = try #require(row["time_shares"] as? [String: Double])
      #expect(abs(shares.values.reduce(0, +) - 1) < 1e-9)
      let isUNet = row["part"] as? String == "unet"
      let merges = try #require(shares["merging"]) > 0
      #expect(merges == (row["merging"] is [String: Any]))
      if isUNet {
        #expect(try #require(shares["convolution"]) > 0)
        #expect(try #require(shares["attention"]) > 0)
      }
      let estimated = try #require(row["estimated_bytes"] as? Double)
      let peak = try #require(row["peak_memory_bytes"] as? Double)
      #expect(estimated >= 0.98 * peak, "\(row["part"] ?? ""): \(estimated) estimated, \(peak) measured")
      #expect(
        estimated <= 1.1 * peak + 60e6, "\(row["part"] ?? ""): \(estimated) estimated, \(peak) measured")
      #expect((row["picture_seconds"] is Double) == isUNet)
    }
    #expect(result.errors.contains("[32/32]") && result.errors.contains("left"))
  }

  @Test func `OpenBLAS is measured, and what it reserves counts for nothing under a limit`() throws {
    let result = try Tool.run(
      "bench", "--sizes", "64", "--ratios", "0.5", "--rounds", "1", "--repeats", "1", "--parts", "unet,vae",
      "--threads", "2", "--memory-limit", "512MiB", "--matrix-products", "openblas", "--json")
    let rows = try rows(result)
    #expect(rows.count == 5 && rows.allSatisfy { $0["state"] as? String == "measured" }, "\(result.output)")
    let machine = try #require(result.json()["machine"] as? [String: Any])
    #expect(try #require(machine["blas_core"] as? String).hasPrefix("OpenBLAS "))
  }

  /// Of a Python that answers without torch.
  private func bench(
    _ arguments: [String], mode: String = "good", log: URL? = nil
  ) throws -> Tool.Result {
    let peer = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Workers/peer.py").path
    let environment = ["PEER_MODE": mode].merging(log.map { ["PEER_LOG": $0.path] } ?? [:]) { $1 }
    return try Tool.run(
      ["bench", "--sizes", "64", "--threads", "2", "--peers", peer] + arguments,
      redirections: "", environment: environment)
  }

  @Test func `a peer takes its turns beside ours, and is told the same`() throws {
    let folder = try TemporaryFolder()
    let log = folder.url.appendingPathComponent("log")
    let result = try bench(
      ["--ratios", "0.5", "--rounds", "3", "--repeats", "2", "--parts", "unet,text", "--json"], log: log)
    let rows = try rows(result)
    #expect(
      rows.map { $0["program"] as? String }
        == Array(repeating: ["tome-eval", "torch"], count: 5).flatMap(\.self))
    let document = try result.json()
    let peer = try #require(document["peer"] as? [String: Any])
    #expect(peer["threads"] as? Int == 2 && peer["python"] as? String == "3.99")
    #expect((peer["versions"] as? [String: String])?["torch"] == "9.1")
    for row in rows {
      let ratio = row["peer_ratio"] as? [String: Any]
      #expect((ratio == nil) == (row["program"] as? String == "torch"))
      if let ratio {
        let low = try #require(ratio["ci_low"] as? Double)
        let high = try #require(ratio["ci_high"] as? Double)
        let value = try #require(ratio["ratio"] as? Double)
        #expect(low <= value && value <= high && ratio["rounds"] as? Int == 3)
      }
    }
    // The stand-in takes half the time where tokens merge.
    let merged = try #require(rows[3]["speedup"] as? [String: Any])
    #expect(abs(try #require(merged["ratio"] as? Double) - 2) < 1e-12)
    #expect(rows[3]["attention"] as? String == "plain")
    let asked = try String(contentsOf: log, encoding: .utf8).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(asked.count == 1 + 5 * 3 && asked[0]["part"] as? String == "versions")
    for request in asked {
      #expect(request["threads"] as? Int == 2 && request["omp"] as? String == "2")
    }
    let turns = asked.dropFirst()
    #expect(turns.allSatisfy { $0["repeats"] as? Int == 2 && $0["model"] is String })
    #expect(turns.count { ($0["merging"] as? [String: Any])?["ratio"] as? Double == 0.5 } == 6)
  }

  @Test func `a peer that cannot take part is said to before anything is measured`() throws {
    for (mode, words) in [("lacks", "no working package 'tomesd'"), ("threads", "--threads 3")] {
      let result = try bench(["--rounds", "1"], mode: mode)
      #expect(result.status == 2 && result.errors.contains(words) && result.output.isEmpty, "\(result)")
    }
    let nobody = try Tool.run("bench", "--sizes", "64", "--peers", "/none/python")
    #expect(nobody.status == 2 && nobody.errors.contains("/none/python"), "\(nobody.errors)")
  }

  @Test func `a peer that fails leaves our figures`() throws {
    for (mode, words) in [("fails", "RuntimeError: no such thing"), ("many", "gave 2 runs")] {
      let result = try bench(["--rounds", "1", "--ratios", "0.5"], mode: mode)
      #expect(result.status == 3 && result.output.contains(words), "\(result)")
      #expect(result.output.contains("tome-eval") && result.output.contains("÷ torch"))
    }
  }

  @Test func `gates compare with a baseline and decide the exit code`() throws {
    let folder = try TemporaryFolder()
    let arguments = ["bench", "--sizes", "64", "--threads", "2", "--rounds", "3", "--ratios", "0.5"]
    let before = try Tool.run(arguments + ["--json"])
    #expect(before.status == 0, "\(before.errors)")
    let file = folder.url.appendingPathComponent("before.json")
    try Data(before.output.utf8).write(to: file)
    let baseline = arguments + ["--baseline", file.path]
    // Turns of milliseconds vary, but not by a factor of a thousand.
    let passed = try Tool.run(baseline + ["--fail-if", "seconds_ratio > 1000"])
    #expect(passed.status == 0 && passed.output.contains("gate passed"), "\(passed)")
    #expect(passed.output.contains("÷ baseline"))
    let failed = try Tool.run(baseline + ["--fail-if", "seconds_ratio > 0.001", "--json"])
    #expect(failed.status == 1 && failed.errors.contains("gate failed: seconds_ratio > 0.001"), "\(failed)")
    let gates = try #require(failed.json()["gates"] as? [[String: String]])
    #expect(gates.first?["outcome"] == "failed" && gates.first?["condition"] == "seconds_ratio > 0.001")
    let altered = before.output.replacingOccurrences(
      of: #""threads" : 2,"#, with: #""threads" : 5,"#)
    #expect(altered != before.output)
    try Data(altered.utf8).write(to: file)
    let refused = try Tool.run(baseline)
    #expect(refused.status == 2 && refused.errors.contains("threads is '5', here it is '2'"), "\(refused)")
    let allowed = try Tool.run(baseline + ["--allow-different", "threads"])
    #expect(allowed.status == 0, "\(allowed.errors)")
  }

  @Test(arguments: [
    (["--fail-if", "seconds_ratio > 1"], "--baseline FILE"),
    (["--fail-if", "peer_ratio > 1"], "--peers PYTHON"),
    (["--fail-if", "sped > 1"], "unknown subject"), (["--allow-different", "model"], "--baseline"),
    (["--baseline", "/none.json", "--sizes", "64"], "/none.json: cannot be read"),
  ]) func `a gate without what it compares with is refused`(arguments: [String], words: String) throws {
    let result = try Tool.run(["bench"] + arguments)
    #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
  }

  @Test(arguments: [["--merge-steps", "0-60%"], ["--embedding", "word.safetensors"]])
  func `what changes no single step's time is refused`(words: [String]) throws {
    let result = try Tool.run(["bench", "--sizes", "64"] + words)
    #expect(
      result.status != 0 && result.errors.contains("\(words[0]) ") && result.errors.contains("leave it out"))
  }

  @Test func `above the limit nothing is run, and the table says so`() throws {
    let result = try Tool.run(
      "bench", "--random-weights", "sd15", "--sizes", "512", "--batches", "1,4", "--memory-limit",
      "1GiB",
      "--parts", "unet", "--format", "markdown")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("random weights of sd15's sizes"))
    let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("| unet") }
    #expect(lines.count == 8)
    #expect(lines.allSatisfy { $0.contains("out of memory") })
  }

  @Test func `a picture of 1024 pixels is decoded in less than 2 GiB besides the weights`() throws {
    let rows = try rows(
      Tool.run(
        "bench", "--random-weights", "sd15", "--sizes", "1024", "--parts", "vae", "--memory-limit", "1MiB",
        "--threads", "2", "--json"))
    // 49 million weights of four bytes; what the process takes anyway is counted as well.
    let estimate = try #require(rows.first?["estimated_bytes"] as? Int)
    #expect(estimate - 198_000_000 < 2 << 30)
  }

  @Test(arguments: [("512", 450), ("1024", 750)])
  func `a step's maps take little beside the weights`(size: String, mebibytes: Int) throws {
    let rows = try rows(
      Tool.run(
        "bench", "--random-weights", "sd15", "--sizes", size, "--ratios", "0.5", "--parts", "unet",
        "--memory-limit", "1MiB", "--threads", "2", "--json"))
    #expect(rows.count == 4)
    for row in rows {
      // 859.5 million weights of four bytes; what the process takes anyway is counted as well.
      let estimate = try #require(row["estimated_bytes"] as? Int)
      #expect(estimate - 3_438_000_000 < mebibytes << 20, "\(row["attention"] ?? "")")
    }
  }

  @Test func `a process that passes its limit is out of memory, whatever was estimated`() throws {
    let process = TurnProcess(executable: Tool.url, arguments: ["bench-turn"])
    var turn = BenchmarkTurn(
      subject: .random(.sd15), item: BenchmarkCase(part: .text, width: 64, height: 64), repeats: 1, threads: 1
    )
    turn.memoryLimit = 200 << 20
    #if os(Linux)
      #expect(try process.run(turn, cancellation: Cancellation()) == .outOfMemory)
    #endif
    turn.memoryLimit = 2 << 30
    guard case .measured(let figures) = try process.run(turn, cancellation: Cancellation()) else {
      Issue.record("not measured under a limit that suffices")
      return
    }
    // 123 million weights of four bytes.
    #expect(try #require(figures.peakMemoryBytes) > 492_000_000)
    #expect(figures.splits.count == 1 && figures.firstSeconds > 0)
  }

  @Test(.enabled(if: TestService.canRun), arguments: [("unet", 0.5), ("unet", 0), ("vae", 0)])
  func `the script of the README's table asks for turns that are taken`(part: String, ratio: Double) throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Benchmarks")
    let script = """
      import argparse, json, sys
      sys.path.insert(0, sys.argv[1])
      import peers
      options = argparse.Namespace(model=sys.argv[2], precision="fp32", repeats=1, threads=1)
      item = {"part": sys.argv[3], "width": 64, "height": 64, "ratio": float(sys.argv[4]), "attention": "sdpa"}
      print(json.dumps(peers.bench_turn(item, options)))
      """
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-B", "-c", script, folder.path, try DemoCheckpoint.folder().path, part, "\(ratio)"]
    process.standardOutput = output
    try process.run()
    let turn = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let result = try Tool.run("bench-turn", turn)
    #expect(result.status == 0, "\(result.errors)")
    #expect(try #require(result.json()["seconds"] as? [Double]).count == 1)
  }

  @Test func `what cannot be measured is said before anything is run`() throws {
    for (arguments, words) in [
      (["--model", "x", "--random-weights", "sd15"], "exclude each other"),
      (["--random-weights", "sd15", "--parts", "clip"], "--clip DIR"),
      (["--sizes", "130"], "multiples of 4"), (["--ratios", "0"], "above 0"),
      (["--rounds", "0"], "1 or more"),
      (["--memory-limit", "lots"], "memory-limit"), (["--model", "/none"], "/none"),
      (["--parts", "all"], "parts"),
    ] {
      let result = try Tool.run(["bench"] + arguments)
      #expect(result.status == 2 && result.errors.contains(words), "\(arguments): \(result.errors)")
    }
    #expect(try Tool.run("bench-turn", "{}").status == 2)
    #expect(try !Tool.run("--help").output.contains("bench-turn"))
  }

  @Test(.timeLimit(.minutes(10))) func `an interrupted bench ends its turn and prints what it has`() throws {
    // Its first turn alone takes longer than the test may.
    let tool = try Tool.start(["bench", "--sizes", "64", "--rounds", "1000", "--repeats", "100000", "--json"])
    Thread.sleep(forTimeInterval: 3)
    tool.send(SIGINT)
    let result = try tool.finish()
    #expect(result.status == 130, "\(result.errors)")
    #expect(try result.json()["interrupted"] as? Bool == true)
    #expect(try #require(result.json()["rows"] as? [[String: Any]]).count == 4)
  }
}
