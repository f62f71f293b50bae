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
      let runs = try #require(row["runs"] as? [Double])
      #expect(runs.count == 2)
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
