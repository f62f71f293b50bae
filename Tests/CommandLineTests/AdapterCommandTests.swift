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

  @Test func `what cannot be is refused with what to do`() throws {
    func refused(_ arguments: [String], _ words: String) throws {
      let result = try Tool.run(arguments, in: folder.url)
      #expect(result.status == 2 && result.errors.contains(words), "\(arguments): \(result.errors)")
    }
    let generate = ["generate", "--model", model, "--prompt", "x", "--output", "x.png"]
    try refused(generate + ["--lora", "style.safetensors"], "no such file")
    try refused(generate + ["--lora", "\(lora):strong"], "'strong' is no scale")
    try refused(generate + ["--lora", "\(lora):inf"], "out of range")
    try refused(["generate", "--model", lora, "--prompt", "x", "--output", "x.png"], "--lora FILE")
    try refused(
      ["bench", "--random-weights", "sd15", "--lora", lora], "leave --random-weights out, or --lora")
    try refused(
      ["sweep", "--model", model, "--lora", lora, "--engine", "diffusers"], "this program's own pipeline")
    // The demonstration model is none that it was made for.
    try refused(["generate", "--prompt", "x", "--output", "x.png", "--lora", lora], "a LoRA for")
  }
}
