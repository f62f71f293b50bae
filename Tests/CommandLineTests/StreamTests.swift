import Foundation
import GRDB
import ReferenceFixtures
import Testing

/// What becomes of results and messages that do not get out, and what of them reaches a terminal.
@Suite struct StreamTests {
  let folder: TemporaryFolder
  var run: String { folder.url.appendingPathComponent("run").path }
  var sweep: [String] {
    ["sweep", "--limit", "2", "--steps", "1", "--ratios", "0,0.5", "--size", "64x64", "--output", run]
  }

  init() throws { folder = try TemporaryFolder() }

  #if os(Linux)
    @Test(arguments: [
      ["metrics"], ["metrics", "--json"], ["doctor"], ["--help"], ["help", "sweep"], ["--version"],
      ["--generate-completion-script", "bash"],
    ]) func `results that cannot be written are an error`(command: [String]) throws {
      for (redirection, reason) in [(">/dev/full", "No space left"), (">&-", "Bad file descriptor")] {
        let result = try Tool.run(command, redirections: redirection)
        #expect(result.status == 2, "\(command) \(redirection): \(result.errors)")
        #expect(result.errors.contains("standard output: cannot be written: \(reason)"))
      }
    }

    @Test(arguments: ["2>/dev/full", "2>&-", "2>&- <&-"])
    func `messages that cannot be written are dropped, an error among them`(redirection: String) throws {
      #expect(try Tool.run(["compare", "--nothing"], redirections: redirection).status == 2)
    }
  #endif

  @Test func `results whose reader went away end the program as other tools end, without a word`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let result = try RunningTool(["metrics"], results: pipe.fileHandleForWriting).finish()
    #expect(result.status == 128 + SIGPIPE && result.errors.isEmpty, "\(result)")
  }

  @Test func `nothing that steers a terminal comes from prompts, names, notes, paths or errors`() throws {
    #expect(try Tool.run(sweep).status == 0)
    let steering = "\u{1B}]0;x\u{7}\u{9B}2J\u{202E}\u{7F}"
    try DatabaseQueue(path: run + "/tome-eval.sqlite").write { db in
      try db.execute(
        sql: "UPDATE prompt SET text = text || ?, category = ?, challenge = ?",
        arguments: [steering, steering, steering])
      try db.execute(
        sql: "UPDATE run SET name = ?, modelName = ?, modelNote = ?",
        arguments: [steering, steering, steering])
      try db.execute(sql: "UPDATE scorer SET name = ?", arguments: [steering])
      try db.execute(sql: "UPDATE nullCheck SET detail = ?", arguments: [steering])
      let quoted = String(decoding: try JSONEncoder().encode(steering), as: UTF8.self).dropFirst().dropLast()
      try db.execute(
        sql: "UPDATE execution SET machine = replace(machine, '\"cpu\":\"', ?)",
        arguments: ["\"cpu\":\"" + String(quoted)])
    }
    let picture = folder.url.appendingPathComponent(steering + ".png").path
    var commands: [[String]] = ["table", "json", "csv", "markdown"].flatMap { format in
      [
        ["compare", "--output", run, "--by", "challenge", "--worst", "3", "--format", format],
        ["compare", "--output", run, "--format", format, "--metric", "mae"],
      ]
    }
    commands += [
      ["compare", "--output", run, "--only", steering], ["compare", "--output", run, "--run", steering],
      ["compare", "--output", run, "--fail-if", steering],
      ["compare", "--metric", steering, "--output", run],
      ["verify", "--output", run, "--samples", "1"], ["verify", "--output", run, "--json"],
      ["report", "--output", run, "--to", folder.url.appendingPathComponent(steering).path],
      ["generate", "--prompt", steering, "--steps", "1", "--size", "64x64", "--output", picture],
      ["score", picture, "--prompt", steering, "--json"], ["score", steering, "--prompt", "x"],
      ["sweep", "--prompts", steering], ["sweep", "--ratios", steering], ["sweep", "--model", steering],
      ["doctor", "--output", folder.url.path + "/" + steering, "--store", steering],
      ["doctor", "--clip", steering],
      [steering], ["--" + steering],
    ]
    for command in commands {
      let result = try Tool.run(command)
      let text = result.output + result.errors
      #expect(!text.isEmpty)
      let found = text.unicodeScalars.filter {
        ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || (0x7F..<0xA0).contains($0.value) || $0 == "\u{202E}"
      }
      #expect(found.isEmpty, "\(command.first ?? "") \(command.dropFirst(3)): \(text.debugDescription)")
    }
    #expect(FileManager.default.fileExists(atPath: picture))
  }

  @Test func `colours come and go as the environment says`() throws {
    #expect(try Tool.run(sweep).status == 0)
    func isColored(_ environment: [String: String]) throws -> Bool {
      let none = ["NO_COLOR": "", "CLICOLOR": "", "CLICOLOR_FORCE": ""]
      let result = try RunningTool(
        ["compare", "--output", run], environment: none.merging(environment) { _, own in own }
      ).finish()
      return result.output.contains("\u{1B}[33mtoo few\u{1B}[0m")
    }
    #expect(try !isColored([:]) && !isColored(["CLICOLOR_FORCE": "0"]))
    #expect(try isColored(["CLICOLOR_FORCE": "1"]) && isColored(["CLICOLOR_FORCE": "1", "TERM": "dumb"]))
    #expect(try !isColored(["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]))
  }
}
