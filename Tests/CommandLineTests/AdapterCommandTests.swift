import Foundation
import Images
import Pictures
import ReferenceFixtures
import Testing

/// LoRAs on the command line: what pictures say of them, and what is refused.
@Suite struct AdapterCommandTests {
  private let folder: TemporaryFolder
  private let model: String
  private let lora: String

  init() throws {
    folder = try TemporaryFolder()
    let fixture = try AdapterFixture("sd1")
    let place = folder.url.appendingPathComponent("sd1")
    try fixture.model.write(scheduler: "ddim", to: place)
    model = place.path
    lora = try fixture.writeLoRA("kohya", to: folder.url).path
  }

  private func generate(_ output: String, _ more: [String]) throws -> (request: PictureRequest, file: URL) {
    let file = folder.url.appendingPathComponent(output)
    let result = try Tool.run(
      ["generate", "--model", model, "--prompt", "a red cube", "--steps", "1", "--output", file.path] + more)
    #expect(result.status == 0, "\(result.errors)")
    return (try #require(try PictureMetadata(textChunks: PNGCodec.decode(file).text)).request, file)
  }

  @Test func `a picture is told apart by its LoRAs' contents and scales, not by their names`() throws {
    let plain = try generate("plain.png", []).request
    let (styled, file) = try generate("styled.png", ["--lora", "\(lora):0.8"])
    let adapter = try #require(styled.recipe.model.adapters.first)
    #expect(adapter.name == "kohya" && adapter.scale == 0.8 && adapter.fingerprint.count == 64)
    #expect(styled.recipe.model.fingerprint == plain.recipe.model.fingerprint && styled.key != plain.key)
    let text = try #require(try PNGCodec.decode(file).text.first { $0.key == "parameters" }).value
    #expect(
      text.contains("Lora hashes: \"kohya: \(adapter.fingerprint.prefix(12))\", Lora scales: \"kohya: 0.8\""))
    #expect(text.contains("kohya:0.8"))
    let renamed = folder.url.appendingPathComponent("other:1.safetensors").path
    try FileManager.default.copyItem(atPath: lora, toPath: renamed)
    #expect(try generate("renamed.png", ["--lora", "\(renamed):0.8"]).request.key == styled.key)
    #expect(try generate("full.png", ["--lora", renamed]).request.key != styled.key)
    let two = try generate("two.png", ["--lora", "\(lora):0.5", "--lora", lora]).request
    #expect(two.recipe.model.adapters.map(\.scale) == [0.5, 1])
  }

  @Test func `a sweep is verified with the same LoRAs only`() throws {
    let shared = ["--model", model, "--limit", "1", "--steps", "1", "--ratios", "0,0.5", "--output", "run"]
    let swept = try Tool.run(
      ["sweep"] + shared + ["--lora", "\(lora):0.8", "--no-checks"], in: folder.url)
    #expect(swept.status == 0 && swept.errors.contains("LoRA kohya: "), "\(swept.errors)")
    let page = try String(contentsOf: folder.url.appendingPathComponent("run/index.html"), encoding: .utf8)
    #expect(page.contains("kohya:0.8"))
    func verify(_ more: [String]) throws -> Tool.Result {
      try Tool.run(["verify", "--model", model, "--output", "run", "--samples", "2"] + more, in: folder.url)
    }
    let same = try verify(["--lora", "\(lora):0.8"])
    #expect(same.status == 0, "\(same.errors)\(same.output)")
    for other in [[], ["--lora", lora]] { #expect(try verify(other).status == 2) }
  }

  @Test func `doctor and bench take LoRAs, too`() throws {
    let doctor = try Tool.run("doctor", "--model", model, "--lora", lora)
    #expect(doctor.status == 0 && doctor.output.contains("LoRA kohya: "), "\(doctor.output)\(doctor.errors)")
    let bench = try Tool.run("bench", "--model", model, "--lora", lora, "--rounds", "1", "--json")
    #expect(bench.status == 0, "\(bench.errors)")
  }

  @Test func `a picture says its words, its clip skip and its syntax, and a sweep is verified with them`()
    throws
  {
    let word = try PromptFixture("sd1").writeEmbedding("qzxw", to: folder.url).path
    let options = ["--embedding", word, "--clip-skip", "1", "--prompt-syntax", "webui"]
    let (request, file) = try generate("word.png", options)
    #expect(request.recipe.model.words.map(\.token) == ["qzxw"])
    #expect(request.recipe.sampling.clipSkip == 1 && request.recipe.sampling.promptSyntax == "webui")
    let text = try #require(try PNGCodec.decode(file).text.first { $0.key == "parameters" }).value
    #expect(text.contains("TI hashes: \"qzxw: ") && text.contains("Clip skip: 2, Prompt syntax: webui"))
    let none = try generate("none.png", ["--clip-skip", "0"]).request
    #expect(try none.key == generate("plain.png", []).request.key)
    let prompts = folder.url.appendingPathComponent("prompts.txt")
    try Data("a (red:1.3) qzxw cube\n".utf8).write(to: prompts)
    let swept = try Tool.run(
      [
        "sweep", "--model", model, "--prompts", prompts.path, "--steps", "1", "--ratios", "0,0.5",
        "--no-checks",
      ]
        + ["--output", "run"] + options, in: folder.url)
    #expect(swept.status == 0 && swept.errors.contains("embedding qzxw: 2 vectors"), "\(swept.errors)")
    let page = try String(contentsOf: folder.url.appendingPathComponent("run/index.html"), encoding: .utf8)
    #expect(page.contains("clip skip 1 (as diffusers counts), prompts in the syntax of webui"))
    let verify = ["verify", "--model", model, "--output", "run", "--samples", "2"]
    #expect(try Tool.run(verify + ["--embedding", word], in: folder.url).status == 0)
    #expect(try Tool.run(verify, in: folder.url).status == 2)
  }

  @Test func `long prompts are truncated aloud, or read whole`() throws {
    let long = String(repeating: "a red cube on a blue one ", count: 15)
    let arguments = ["generate", "--model", model, "--prompt", long, "--steps", "1", "--output", "x.png"]
    #expect(try Tool.run(arguments, in: folder.url).errors.contains("longer than the model reads"))
    let whole = try Tool.run(arguments + ["--prompt-syntax", "webui"], in: folder.url)
    #expect(whole.status == 0 && !whole.errors.contains("longer than"), "\(whole.errors)")
    try "\(long)\na cube\n".write(
      to: folder.url.appendingPathComponent("long.txt"), atomically: true, encoding: .utf8)
    func page(_ options: String...) throws -> String {
      let sweep = ["sweep", "--model", model, "--prompts", "long.txt", "--steps", "1", "--ratios", "0"]
      let swept = try Tool.run(sweep + ["--no-checks", "--output", "long"] + options, in: folder.url)
      #expect(swept.status == 0, "\(swept.errors)")
      return try String(contentsOf: folder.url.appendingPathComponent("long/index.html"), encoding: .utf8)
    }
    let cut = try page()
    #expect(cut.contains("Longer than the model reads: 1 of 2 prompts"))
    // 75 words of a token each are read, with start and end.
    let read = String(long.split(separator: " ").prefix(75).joined(separator: " "))
    #expect(cut.contains(">\(read) <span class=\"unread\""))
    #expect(try !page("--prompt-syntax", "webui").contains("class=\"unread\""))
  }

  @Test func `what cannot be is refused with what to do`() throws {
    func refused(_ arguments: [String], _ words: String) throws {
      let result = try Tool.run(arguments, in: folder.url)
      #expect(result.status == 2 && result.errors.contains(words), "\(arguments): \(result.errors)")
    }
    let generate = ["generate", "--model", model, "--prompt", "x", "--output", "x.png"]
    let word = try PromptFixture("sd1").writeEmbedding("qzxw", to: folder.url).path
    try refused(generate + ["--lora", "style.safetensors"], "no such file")
    try refused(generate + ["--lora", "\(lora):strong"], "'strong' is no scale")
    try refused(generate + ["--lora", "\(lora):inf"], "out of range")
    try refused(["generate", "--model", lora, "--prompt", "x", "--output", "x.png"], "--lora FILE")
    try refused(
      ["bench", "--random-weights", "sd15", "--lora", lora], "leave --random-weights out, or --lora")
    try refused(
      ["sweep", "--model", model, "--lora", lora, "--engine", "diffusers"], "this program's own pipeline")
    try refused(
      generate + ["--clip-skip", "4"], "of this model's text encoder 0 to 3 layers can be left out")
    try refused(generate + ["--clip-skip", "-1"], "--clip-skip must be 0 or more")
    try refused(generate + ["--prompt-syntax", "comfy"], "webui")
    let webui = ["--model", model, "--output", "x.png", "--prompt-syntax", "webui"]
    try refused(["generate", "--prompt", "a AND b"] + webui, "the prompt has AND")
    try refused(
      ["generate", "--prompt", "a", "--negative-prompt", "[a|b]"] + webui,
      "the negative prompt has '[a|b]', which takes turns")
    // A sweep finds it out before its first picture.
    try "a cube\na AND b\n(a cube:1.2)\nc AND d\n".write(
      to: folder.url.appendingPathComponent("prompts.txt"), atomically: true, encoding: .utf8)
    try refused(
      ["sweep", "--model", model, "--prompts", "prompts.txt", "--prompt-syntax", "webui", "--output", "run"],
      "prompt 2 of 4, 'a AND b': the prompt has AND")
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("run").path))
    try refused(generate + ["--embedding", lora], "pass it with --lora")
    try refused(generate + ["--lora", word], "pass it with --embedding")
    try refused(generate + ["--embedding", "style.pt"], "no such file")
    // The demonstration model is none that it was made for.
    try refused(["generate", "--prompt", "x", "--output", "x.png", "--lora", lora], "a LoRA for")
  }
}
