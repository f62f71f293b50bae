import Checkpoints
import Foundation
import Images
import Pictures
import ReferenceFixtures
import Testing

/// `generate --init-image` on the command line: what it makes, what its picture says, and what is refused.
@Suite struct InitImageTests {
  private let folder: TemporaryFolder
  private let picture: URL

  init() throws {
    folder = try TemporaryFolder()
    picture = folder.url.appendingPathComponent("begin.png")
    var pixels: [UInt8] = []
    for y in 0..<50 { for x in 0..<45 { pixels += [UInt8(5 * x), UInt8(5 * y), 120] } }
    try NamedFile.write(PNGCodec.encode(RGBImage(width: 45, height: 50, pixels: pixels)), to: picture)
  }

  private func generate(_ more: [String], output: String = "out.png") throws -> Tool.Result {
    try Tool.run(
      ["generate", "--prompt", "a red cube", "--steps", "4", "--output", output] + more, in: folder.url)
  }

  private func text(_ output: String) throws -> [PNGCodec.Text] {
    try PNGCodec.decode(folder.url.appendingPathComponent(output)).text
  }

  @Test func `a picture says what it was begun from, and is of that size`() throws {
    let result = try generate(["--init-image", picture.path, "--strength", "0.5", "--ratio", "0.5", "--json"])
    #expect(result.status == 0, "\(result.errors)")
    let json = try result.json()
    #expect(json["size"] as? [Int] == [44, 48] && (json["step_seconds"] as? [Double])?.count == 2)
    #expect(json["encode_seconds"] as? Double ?? 0 > 0)
    let text = try text("out.png")
    let request = try #require(try PictureMetadata(textChunks: text)).request
    let hash = try PNGCodec.decode(picture).image.hash
    #expect(request.recipe.sampling.initImage == InitImage(hash: hash, strength: 0.5))
    let parameters = try #require(text.first { $0.key == "parameters" }).value
    #expect(parameters.contains("Denoising strength: 0.5, Init image hash: \(hash.prefix(12)), "))
    let sized = try generate(["--init-image", picture.path, "--size", "64x32"], output: "sized.png")
    #expect(sized.status == 0, "\(sized.errors)")
    let wide = try PNGCodec.decode(folder.url.appendingPathComponent("sized.png")).image
    #expect((wide.width, wide.height) == (64, 32))
    // Four fifths of the steps are taken where nothing else is asked for.
    let own = try #require(try PictureMetadata(textChunks: self.text("sized.png"))).request
    #expect(own.recipe.sampling.initImage?.strength == 0.8)
  }

  @Test(
    arguments: [
      (["--strength", "0.5"], "name it with --init-image"),
      (["--init-image", "none.png"], "none.png"),
      (["--init-image", "words.txt"], "words.txt"),
      (["--init-image", "begin.png", "--strength", "0"], "must be above 0, and at most 1"),
      (["--init-image", "begin.png", "--strength", "1.5"], "must be above 0, and at most 1"),
      (["--init-image", "begin.png", "--strength", "0.2"], "leaves no step of 4"),
      (["--init-image", "begin.png", "--size", "63x64"], "63x64"),
    ])
  func `what cannot be begun from is refused, with a reason`(options: [String], reason: String) throws {
    try Data("words".utf8).write(to: folder.url.appendingPathComponent("words.txt"))
    let result = try generate(options)
    #expect(result.status == 2 && result.errors.contains(reason), "\(result.errors)")
  }

  @Test func `a checkpoint without encoder makes pictures, and says that it cannot begin from one`() throws {
    let model = folder.url.appendingPathComponent("model")
    try FileManager.default.copyItem(at: demoCheckpoint, to: model)
    let weights = model.appendingPathComponent("vae/diffusion_pytorch_model.safetensors")
    let file = try SafetensorsFile(weights)
    let kept = file.entries.keys.filter { !$0.hasPrefix("encoder.") && !$0.hasPrefix("quant_conv.") }.sorted()
    let tensors = try kept.map { (name: $0, tensor: try file.tensor($0)) }
    try FileManager.default.removeItem(at: weights)
    try SafetensorsWriter.write(tensors, type: .f32, to: weights)
    let options = ["--model", model.path, "--size", "32x32"]
    let plain = try generate(options)
    #expect(plain.status == 0, "\(plain.errors)")
    let begun = try generate(options + ["--init-image", picture.path])
    #expect(begun.status == 2, "\(begun.errors)")
    for words in ["vae/diffusion_pytorch_model.safetensors: has no encoder", "'encoder.*'", "--vae FILE"] {
      #expect(begun.errors.contains(words), "\(begun.errors)")
    }
  }
}
