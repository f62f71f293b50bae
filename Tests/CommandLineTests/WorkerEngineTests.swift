import Foundation
import ReferenceFixtures
import Testing

/// Sweeps whose pictures another program makes.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/python3")))
struct WorkerEngineTests {
  private let folder: TemporaryFolder
  private var run: String { folder.url.appendingPathComponent("run").path }
  private var log: String { folder.url.appendingPathComponent("requests").path }

  init() throws { folder = try TemporaryFolder() }

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/Workers/worker.py").path

  /// A sweep of these prompts.
  private func sweep(_ mode: String, _ prompts: [String], _ further: String...) throws -> Tool.Result {
    let file = folder.url.appendingPathComponent("prompts.txt")
    try Data(prompts.joined(separator: "\n").utf8).write(to: file)
    return try Tool.run(
      [
        "sweep", "--engine", "command", "--command", "/usr/bin/python3 -B '\(Self.script)' \(mode) '\(log)'",
        "--prompts", file.path, "--ratios", "0,0.25,0.5", "--no-checks", "--output", run,
      ] + further)
  }

  private func requests() throws -> [[String: Any]] {
    try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func `the worker is asked for everything by name, and its pictures and seconds are taken`() throws {
    let result = try sweep(
      "good", ["a cube", "a cone"], "--seeds", "0,18446744073709551615", "--max-downsample", "2")
    #expect(result.status == 0, "\(result)")
    #expect(result.errors.contains("12 of 12 pictures made"), "\(result.errors)")
    let requests = try requests()
    // One more, before the first that counts.
    #expect(requests.count == 13)
    #expect(
      NSDictionary(dictionary: requests[0]).isEqual(
        to: requests[1].merging(["id": requests[0]["id"]!]) { $1 }))
    #expect(Set(requests.compactMap { ($0["seed"] as? NSNumber)?.uint64Value }) == [0, .max])
    #expect(
      requests.allSatisfy { $0["width"] as? Int == 64 && $0["steps"] as? Int == 4 && $0["scheduler"] == nil })
    let merged = try #require(requests.first { $0["merging"] != nil }?["merging"] as? [String: Any])
    #expect(merged["max_downsample"] as? Int == 2 && merged["use_rand"] as? Bool == true)
    // The ratios take turns in being the first of a prompt's and a seed's.
    let firsts = requests.dropFirst().enumerated().filter { $0.offset % 3 == 0 }.map {
      $0.element["merging"] != nil
    }
    #expect(firsts == [false, true, true, true])
    // 2 s against 1.5 s.
    #expect(result.output.firstMatch(of: /\b1\.3\d×/) != nil, "\(result.output)")
    let page = try String(contentsOfFile: run + "/index.html", encoding: .utf8)
    #expect(page.contains("command 1.5 on abacus") && page.contains("stripes-v1"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: run).allSatisfy { !$0.hasPrefix(".engine") })
    // Again it does nothing, and asks for nothing.
    #expect(
      try sweep("good", ["a cube", "a cone"], "--seeds", "0,18446744073709551615", "--max-downsample", "2")
        .status == 0)
    #expect(try self.requests().count == 13)
  }

  @Test(arguments: [
    ("dies", "ended with status 9; its last words: out of memory"),
    ("garbage", "answers what is none: 'Loading...'"),
    ("other", "answers request 999, not"), ("says", "prompts like this are not drawn"),
    ("small", "the worker's picture is 8x48, asked for was 64x48"), ("hangs", "gives no answer within 2 s"),
  ]) func `what goes wrong with a picture is said of it, and the others are made`(
    mode: String, message: String
  ) throws {
    // One picture of the bad prompt alone, as three ends in a row are an end.
    let result = try sweep(mode, ["a cube", "a bad cube", "a cone"], "--ratios", "0", "--timeout", "2")
    #expect(result.status == 3, "\(result)")
    #expect(
      result.errors.contains("2 of 3 pictures made, 1 failed") && result.errors.contains(message),
      "\(result.errors)")
    // Healed, the same sweep makes what is missing.
    let healed = try sweep("good", ["a cube", "a bad cube", "a cone"], "--ratios", "0", "--json").json()
    #expect(healed["made"] as? Int == 1 && healed["reused"] as? Int == 2)
  }

  @Test func `a worker that dies three times in a row ends the sweep, which loses nothing`() throws {
    let result = try sweep("dies", ["a cube", "a bad cube", "a cone"])
    #expect(result.status == 2, "\(result)")
    #expect(result.errors.contains("3 times in a row the worker ended with status 9"), "\(result.errors)")
    #expect(try sweep("good", ["a cube", "a bad cube", "a cone"], "--json").json()["reused"] as? Int == 3)
  }

  @Test(arguments: [
    (["--sx", "4"], "this engine cannot set sx"), (["--scheduler", "ddim"], "scheduler 'ddim'"),
    (["--size", "60x48"], "this model needs multiples of 8"),
    (["--merge-variant", "comfyui"], "comfyui is no rule of tomesd"),
  ]) func `what the worker cannot do is refused before the first picture`(words: [String], message: String)
    throws
  {
    let file = folder.url.appendingPathComponent("prompts.txt")
    try Data("a cube".utf8).write(to: file)
    let result = try Tool.run(
      [
        "sweep", "--engine", "command", "--command", "/usr/bin/python3 -B '\(Self.script)' good '\(log)'",
        "--prompts",
        file.path, "--output", run,
      ] + words)
    #expect(result.status == 2 && result.errors.contains(message), "\(result)")
    let asked = try requests()
    #expect(asked.isEmpty)
  }

  @Test func `a worker that cannot start, refuses or speaks another version is an error of its own`() throws {
    #expect(try sweep("refuses", ["a"]).errors.contains("no model called 'nothing' here"))
    #expect(try sweep("newer", ["a"]).errors.contains("speaks version 2 of the protocol, not 1"))
    let missing = try Tool.run(
      "sweep", "--engine", "command", "--command", "/nowhere/worker", "--output", run)
    #expect(missing.status == 2 && missing.errors.contains("ended with status 127"), "\(missing)")
    let python = try Tool.run(
      "sweep", "--engine", "diffusers", "--python", "/nowhere/python", "--output", run)
    #expect(python.status == 2 && python.errors.contains("ended with status 127"), "\(python)")
    #expect(try Tool.run("sweep", "--engine", "command").errors.contains("pass --command"))
  }

  @Test func `doctor says which worker answers, and whether a ratio changes anything`() throws {
    let result = try Tool.run(
      "doctor", "--engine", "command", "--command", "/usr/bin/python3 -B '\(Self.script)' good '\(log)'")
    #expect(result.status == 0, "\(result)")
    for line in ["engine: command 1.5", "device: abacus", "ratio: 0.75 changes "] {
      #expect(result.output.contains(line), "\(result.output)")
    }
    // Of four steps, once without merging.
    let pictures = try requests().filter { $0["steps"] != nil }
    #expect(pictures.allSatisfy { $0["steps"] as? Int == 4 })
    #expect(pictures.contains { $0["merging"] == nil } && pictures.contains { $0["merging"] != nil })
  }

  @Test func `an interpreter without diffusers is told what to install`() throws {
    let bare = try Tool.run(
      "sweep", "--engine", "diffusers", "--python", "/usr/bin/python3", "--limit", "1", "--steps", "1",
      "--ratios", "0",
      "--size", "64x64", "--output", run)
    // Where the system's own Python has torch and diffusers, that is no error.
    guard bare.status != 0 else { return }
    #expect(
      bare.errors.contains("has no working package 'torch'") && bare.errors.contains("-m pip install torch"),
      "\(bare)")
  }
}
