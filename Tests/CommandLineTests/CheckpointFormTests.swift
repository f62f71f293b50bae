import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import Testing

/// Checkpoints in every form, as commands meet them.
@Suite struct CheckpointFormTests {
  private let place: TemporaryFolder
  private let fixture: SingleFileFixture
  private var folder: URL { place.url.appendingPathComponent("folder") }
  private var file: URL { place.url.appendingPathComponent("single.safetensors") }
  private var hub: URL { place.url.appendingPathComponent("hub") }

  init() throws {
    place = try TemporaryFolder()
    fixture = try SingleFileFixture(.sd1)
    try fixture.writeFolder(to: folder)
    try SafetensorsWriter.write(try fixture.tensors(), to: file)
  }

  private func run(_ arguments: [String]) throws -> Tool.Result {
    try RunningTool(arguments, environment: ["HF_HUB_CACHE": hub.path]).finish()
  }

  /// The picture and what was said.
  private func generate(_ model: String, _ options: String...) throws -> (image: RGBImage, said: String) {
    let target = place.url.appendingPathComponent("picture.png")
    let result = try run(
      ["generate", "--model", model, "--prompt", "a red cube", "--steps", "2", "--size", "32x32", "--output"]
        + [target.path] + options)
    #expect(result.status == 0, "\(result.errors)")
    return (try PNGCodec.decode(target).image, result.errors)
  }

  /// The folder as the Hugging Face cache has it.
  private func fillCache() throws {
    let model = hub.appendingPathComponent("models--org--name")
    for name in ["refs", "snapshots"] {
      try FileManager.default.createDirectory(
        at: model.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    try Data("0123abcd\n".utf8).write(to: model.appendingPathComponent("refs/main"))
    try FileManager.default.copyItem(at: folder, to: model.appendingPathComponent("snapshots/0123abcd"))
  }

  @Test func `a tiny autoencoder takes the place of the model's own, and makes another picture`() throws {
    let (tiny, owner) = try Fixture("Autoencoder", "tiny").temporaryModel("vae")
    let own = try generate(folder.path)
    let drawn = try generate(folder.path, "--vae", tiny.path)
    let file = try generate(self.file.path, "--tokenizer", folder.path, "--vae", tiny.path)
    #expect(drawn.image != own.image && drawn.image == file.image)
    #expect(drawn.image.width == 32 && drawn.said.isEmpty)
    withExtendedLifetime(owner) {}
  }

  @Test func `every form makes the same picture`() throws {
    let expected = try generate(folder.path)
    #expect(expected.said.isEmpty)
    let single = try generate(file.path, "--tokenizer", folder.path)
    #expect(single.image == expected.image)
    #expect(single.said.contains("single.safetensors is a single file of Stable Diffusion 1.x"))
    #expect(single.said.contains("the tokenizer is that of \(folder.path)/tokenizer"))
    #expect(try generate(file.path, "--config", folder.path).image == expected.image)
    #expect(try generate(folder.path, "--vae", file.path).image == expected.image)
    try fillCache()
    let cached = try generate("org/name")
    #expect(cached.image == expected.image && cached.said.isEmpty)
    let unet = folder.appendingPathComponent("unet")
    try FileManager.default.moveItem(
      at: unet.appendingPathComponent("diffusion_pytorch_model.safetensors"),
      to: unet.appendingPathComponent("diffusion_pytorch_model.fp16.safetensors"))
    #expect(try generate(folder.path).image == expected.image)
  }

  @Test func `all commands read a single file`() throws {
    try SingleFileFixture.writeTokenizer(to: place.url.appendingPathComponent("tokenizer"))
    let doctor = try run(["doctor", "--model", file.path])
    #expect(doctor.status == 0, "\(doctor.output)")
    #expect(doctor.output.contains("model: \(file.path): unet "))
    #expect(doctor.output.contains("model: single.safetensors is a single file of Stable Diffusion 1.x"))
    let layers = try run(["doctor", "--layers", "--model", file.path, "--json"])
    #expect(layers.status == 0 && layers.output.contains("down_blocks.0.resnets.0.conv1"))
    let bench = try run(
      ["bench", "--model", file.path, "--sizes", "32", "--parts", "unet,vae,text", "--rounds", "1", "--json"])
    #expect(bench.status == 0, "\(bench.errors)")
    #expect(try bench.json()["model"] as? String == file.path)
    let sweep = [
      "sweep", "--model", file.path, "--limit", "1", "--ratios", "0,0.5", "--steps", "1", "--size", "32",
      "--output",
      place.url.appendingPathComponent("run").path, "--json",
    ]
    let swept = try run(sweep)
    #expect(swept.status == 0, "\(swept.errors)")
    #expect(try run(sweep).status == 0)
  }

  @Test func `what is missing comes with a way to get it`() throws {
    func expect(_ arguments: [String], _ words: String..., sourceLocation: SourceLocation = #_sourceLocation)
      throws
    {
      let result = try run(["generate", "--prompt", "x", "--output", "x.png"] + arguments)
      #expect(result.status == 2, sourceLocation: sourceLocation)
      #expect(words.allSatisfy(result.errors.contains), "\(result.errors)", sourceLocation: sourceLocation)
    }
    try expect(["--model", "org/name"], "hf download org/name model_index.json")
    try expect(
      ["--model", file.path], "hf download openai/clip-vit-large-patch14 vocab.json merges.txt",
      "or pass a folder that has one with --tokenizer DIR or --config DIR")
    try SafetensorsWriter.write(
      try fixture.tensors().filter { !$0.key.hasPrefix("first_stage_model.") }, to: file)
    try expect(
      ["--model", file.path, "--config", folder.path], "has no autoencoder", "pass one with --vae FILE")
    let pickle = place.url.appendingPathComponent("model.ckpt")
    try Data("PK\u{3}\u{4}".utf8).write(to: pickle)
    try expect(["--model", pickle.path], "this is a pickle", "weights_only=True")
    try expect(
      ["--model", folder.path, "--variant", "fp16"],
      "/model.fp16.safetensors: no such file; there is model.safetensors")
  }
}
