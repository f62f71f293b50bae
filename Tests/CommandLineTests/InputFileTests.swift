import Foundation
import Images
import ReferenceFixtures
import Testing

/// Files that are not what an option takes, each with a sentence of its own, and those that are in another form.
@Suite struct InputFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  func expect(_ arguments: [String], says words: String) throws {
    let result = try Tool.run(arguments, in: folder.url)
    #expect(result.status == 2 && result.errors.contains(words), "\(arguments): \(result.errors)")
  }

  @Test func `pictures to score`() throws {
    try expect(["score", path("none.png"), "--prompt", "x"], says: "none.png: cannot be read: No such file")
    try expect(["score", folder.url.path, "--prompt", "x"], says: "it is a folder, not a file")
    try expect(["score", "-", "--baseline", "-"], says: "both pictures cannot come from standard input")
    try expect(["score", "-", "--prompt", "x"], says: "not a valid PNG file")
    let picture = Fixture.root.appendingPathComponent("Metrics/noise-much-a.png").path
    let named = try Tool.run("score", picture, "--prompt", "x")
    #expect(named.status == 0)
    let pipe = path("pipe")
    for (prologue, source) in [(":", picture), ("{ mkfifo '\(pipe)'; cat '\(picture)' >'\(pipe)' & }", pipe)]
    {
      let piped = try RunningTool(
        ["score", "-", "--prompt", "x"], redirections: "<'\(source)'", prologue: prologue
      ).finish()
      #expect(piped.status == 0 && piped.output == named.output, "\(source): \(piped)")
    }
  }

  /// Whatever of the files that a user names is one, with a pipe in its place that nobody writes to.
  @Test(
    .timeLimit(.minutes(10)),
    arguments: [
      ["score", "PIPE", "--prompt", "x"], ["score", "PICTURE", "--baseline", "PIPE"],
      ["sweep", "--prompts", "PIPE", "--output", "run"], ["sweep", "--store", "PIPE", "--output", "run"],
      ["compare", "--store", "PIPE"], ["report", "--store", "PIPE"],
      ["compare", "--output", "run", "--against-store", "PIPE"], ["verify", "--store", "PIPE"],
      ["sweep", "--model", "PIPE", "--output", "run"], ["sweep", "--clip", "PIPE", "--output", "run"],
    ])
  func `a pipe or a device in a file's place is said, and never waited for`(command: [String]) throws {
    #expect(mkfifo(path("pipe"), 0o600) == 0)
    if command.contains("run"), command[0] == "compare" {
      #expect(
        try Tool.run(
          ["sweep", "--limit", "1", "--steps", "1", "--ratios", "0", "--size", "64", "--output", "run"],
          in: folder.url
        ).status == 0)
    }
    let picture = Fixture.root.appendingPathComponent("Metrics/noise-much-a.png").path
    for (name, words) in [("pipe", "pipe"), ("/dev/zero", "device"), (folder.url.path, "folder")] {
      // A folder is what a model is in.
      if name == folder.url.path, command.contains("--model") || command.contains("--clip") { continue }
      let arguments = command.map { $0 == "PIPE" ? name : $0 == "PICTURE" ? picture : $0 }
      let result = try Tool.run(arguments, in: folder.url)
      #expect(result.status == 2 && result.output.isEmpty, "\(arguments): \(result)")
      #expect(
        result.errors.contains("is a \(words)") || result.errors.contains("is a file"), "\(result.errors)")
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func `streams that the shell opened are read, and waited for with a word`() throws {
    let picture = Fixture.root.appendingPathComponent("Metrics/noise-much-a.png").path
    let expected = try Tool.run("score", picture, "--prompt", "x").output
    let pipe = path("pipe")
    // What a shell makes of `<(cat picture)`.
    for (number, wait) in [("3", "0"), ("5", "3")] {
      let result = try RunningTool(
        ["score", "/dev/fd/\(number)", "--prompt", "x"], redirections: "\(number)<'\(pipe)'",
        prologue: "{ mkfifo '\(pipe)'; { sleep \(wait); cat '\(picture)'; } >'\(pipe)' & }"
      ).finish()
      #expect(result.status == 0 && result.output == expected, "\(result)")
      #expect(result.errors.contains("waiting for a picture from /dev/fd/\(number)") == (wait == "3"))
      try FileManager.default.removeItem(atPath: pipe)
    }
    for name in ["-", "/dev/stdin", "/dev/fd/0"] {
      let output = path("run" + name.filter(\.isLetter))
      let swept = try RunningTool(
        [
          "sweep", "--prompts", name, "--steps", "1", "--size", "64", "--ratios", "0", "--json", "--output",
          output,
        ],
        redirections: "<'\(pipe)'",
        prologue: "{ mkfifo '\(pipe)'; printf 'a red cube\\nan owl\\n' >'\(pipe)' & }"
      ).finish()
      #expect(try swept.status == 0 && swept.json()["made"] as? Int == 2, "\(swept)")
      try FileManager.default.removeItem(atPath: pipe)
    }
    try expect(["sweep", "--prompts", "-"], says: "standard input: holds no prompt")
    try expect(
      ["score", "/dev/fd/9", "--prompt", "x"], says: "/dev/fd/9: cannot be read: Bad file descriptor")
    let closed = try Tool.run(["sweep", "--prompts", "-"], redirections: "<&-")
    #expect(closed.status == 2 && closed.errors.contains("standard input: holds no prompt"), "\(closed)")
  }

  @Test func `a picture of 16-bit gray is read as Pillow reads it, and that is said`() throws {
    let picture = Fixture.root.appendingPathComponent("Images/gray-16.png").path
    let gray = try Tool.run("score", picture, "--prompt", "x")
    #expect(
      gray.status == 0 && gray.errors.contains("gray-16.png: of 16-bit gray, all values above 255 are white"))
    let other = Fixture.root.appendingPathComponent("Images/interlaced-rgb-16.png").path
    let colour = try Tool.run("score", picture, "--baseline", other)
    #expect(colour.errors.matches(of: /16-bit/).count == 1, "\(colour.errors)")
  }

  @Test func `prompts`() throws {
    try Data("Prompt,Category\na red cube,Artifacts\n".utf8).write(to: URL(fileURLWithPath: path("p.csv")))
    try expect(["sweep", "--prompts", path("p.csv")], says: "p.csv: a table with commas (CSV)")
    try Data("\"prompt\";\"seed\"\n".utf8).write(to: URL(fileURLWithPath: path("q.txt")))
    try expect(["sweep", "--prompts", path("q.txt")], says: "q.txt: a table with commas (CSV)")
    try expect(
      ["sweep", "--prompts", folder.url.path], says: "is a folder; prompts are mini, full or a file")
    try Data("id,text\n1,\"a red cube\"\n".utf8).write(to: URL(fileURLWithPath: path("r.csv")))
    try expect(["sweep", "--prompts", path("r.csv")], says: "r.csv: a table with commas (CSV)")
    // No header: a prompt may well have a comma.
    try Data("a prompt, and a red cube\n".utf8).write(to: URL(fileURLWithPath: path("plain.txt")))
    let swept = try Tool.run(
      [
        "sweep", "--prompts", "plain.txt", "--steps", "1", "--size", "64", "--ratios", "0", "--output", "run",
      ],
      in: folder.url)
    #expect(swept.status == 0, "\(swept.errors)")
  }

  @Test func `model folders`() throws {
    try Data().write(to: URL(fileURLWithPath: path("file")))
    try expect(["sweep", "--model", path("file")], says: "file: truncated")
    for option in ["--clip", "--lpips"] {
      try expect(
        ["sweep", option, path("file")], says: "file: cannot be read: is a file; expected a model folder")
    }
    let version = path("models--a--b/snapshots/1a2b3c")
    try FileManager.default.createDirectory(atPath: version, withIntermediateDirectories: true)
    try expect(
      ["sweep", "--model", path("models--a--b")], says: "the model is in its folder snapshots/1a2b3c")
    try expect(
      ["sweep", "--model", folder.url.path], says: "one is in its folder models--a--b/snapshots/1a2b3c")
    try FileManager.default.createDirectory(
      atPath: path("models--c--d/blobs"), withIntermediateDirectories: true)
    try expect(["sweep", "--clip", path("models--c--d")], says: "holds no version of the model; download it")
  }

  @Test func `targets`() throws {
    func generate(_ output: String) -> [String] {
      ["generate", "--prompt", "x", "--steps", "1", "--size", "64", "--output", output]
    }
    try expect(generate("x.jpg"), says: "pictures are written as PNG, not as .jpg; end its name with .png")
    try expect(generate(folder.url.path), says: "is a folder, not a file that can be written; name another")
    try FileManager.default.createSymbolicLink(atPath: path("link.png"), withDestinationPath: "picture.png")
    #expect(try Tool.run(generate(path("link.png"))).status == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path("link.png")) == "picture.png")
    #expect(try PNGCodec.decode(folder.url.appendingPathComponent("picture.png")).image.width == 64)
  }

  @Test func `texts beyond what a model reads are named, each as what it is`() throws {
    let long = Array(repeating: "red", count: 74).joined(separator: " ") + " cube sphere"
    let made = try Tool.run(
      ["generate", "--prompt", long, "--negative-prompt", long + " owl", "--steps", "1", "--size", "64"]
        + ["--output", path("x.png")])
    let end = "is longer than the model reads; without effect is its end:"
    #expect(made.errors.contains("the prompt \(end) 'sphere'"), "\(made.errors)")
    #expect(made.errors.contains("the negative prompt \(end) 'sphere owl'"))
    let unguided = try Tool.run(
      [
        "generate", "--prompt", "x", "--negative-prompt", long, "--guidance-scale", "1", "--steps", "1",
        "--size",
      ]
        + ["64", "--output", path("x.png")])
    #expect(unguided.status == 0 && unguided.errors.isEmpty, "\(unguided.errors)")
    let scored = try Tool.run("score", path("x.png"), "--prompt", long)
    #expect(scored.errors.contains("the prompt \(end) 'sphere'"))
    let swept = try Tool.run(
      ["sweep", "--limit", "2", "--steps", "1", "--size", "64", "--ratios", "0", "--negative-prompt", long]
        + ["--output", path("run")])
    #expect(swept.errors.matches(of: /the negative prompt is longer/).count == 1, "\(swept.errors)")
  }
}
