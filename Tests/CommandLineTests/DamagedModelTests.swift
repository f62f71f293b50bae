import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

/// A model whose files are damaged in ways that no header shows, as a user meets it.
@Suite struct DamagedModelTests {
  let folder: TemporaryFolder
  var run: String { folder.url.appendingPathComponent("run").path }

  init() throws { folder = try TemporaryFolder() }

  /// Makes all numbers of one tensor of a safetensors file NaN.
  private func spoil(_ key: String, in model: AlteredCheckpoint, _ part: String, _ file: String) throws {
    try model.alter(part, file) { data in
      let copy = folder.url.appendingPathComponent("copy.safetensors")
      try data.write(to: copy)
      let weights = try SafetensorsFile(copy)
      let tensors = try weights.keys.map { name in
        let tensor = try weights.tensor(name)
        return (name: name, tensor: name == key ? tensor * Float.nan : tensor)
      }
      let spoilt = folder.url.appendingPathComponent("spoilt.safetensors")
      try SafetensorsWriter.write(tensors, type: .f16, to: spoilt)
      return try Data(contentsOf: spoilt)
    }
  }

  private func generate(_ model: AlteredCheckpoint) throws -> Tool.Result {
    try Tool.run(
      "generate", "--model", model.url.path, "--prompt", "a red cube", "--steps", "1", "--size", "64x64",
      "--output", folder.url.appendingPathComponent("x.png").path)
  }

  @Test func `a scaling factor of 0 is named where it stands`() throws {
    let model = try AlteredCheckpoint(in: folder.url)
    try model.alter("vae", "config.json") { data in
      var object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      object["scaling_factor"] = 0
      return try JSONSerialization.data(withJSONObject: object)
    }
    let result = try generate(model)
    #expect(result.status == 2)
    #expect(result.errors.contains("vae/config.json: 'scaling_factor': is 0"), "\(result.errors)")
  }

  @Test func `NaN in the VAE fails pictures by the part's name, and doctor finds the tensor`() throws {
    let model = try AlteredCheckpoint(in: folder.url)
    let file = "diffusion_pytorch_model.safetensors"
    try spoil("decoder.conv_out.weight", in: model, "vae", file)
    let result = try generate(model)
    #expect(result.status == 2)
    #expect(result.errors.contains("the VAE decoder gave values that are not finite"), "\(result.errors)")
    #expect(result.errors.contains("doctor") && !result.errors.contains("guidance"))
    #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("x.png").path))

    let doctor = try Tool.run("doctor", "--model", model.url.path)
    #expect(doctor.status == 2 && doctor.output.contains("vae/\(file): tensor 'decoder.conv_out.weight'"))

    let sweep = try Tool.run(
      "sweep", "--model", model.url.path, "--limit", "1", "--ratios", "0", "--steps", "1", "--size", "64x64",
      "--no-checks", "--output", run, "--json")
    #expect(sweep.status == 3)
    #expect(try sweep.json()["failed"] as? Int == 1)
    #expect(sweep.errors.contains("the VAE decoder gave values"))
  }

  @Test func `NaN in a CLIP leaves pictures unscored, and nothing of it in the store`() throws {
    let model = try AlteredCheckpoint(in: folder.url)
    try spoil("visual_projection.weight", in: model, "clip", "model.safetensors")
    let arguments = [
      "sweep", "--model", model.url.path, "--limit", "1", "--ratios", "0,0.5", "--steps", "1", "--size",
      "64x64", "--no-checks", "--output", run, "--json",
    ]
    for _ in 0..<2 {
      let sweep = try Tool.run(arguments)
      #expect(sweep.status == 3, "\(sweep.errors)")
      let json = try sweep.json()
      #expect(json["failed"] as? Int == 0 && json["unscored"] as? Int == 2)
      #expect(sweep.errors.contains("cannot be scored: the CLIP image encoder gave values"))
    }
    let rows = try Tool.run("compare", "--output", run, "--json").output
    #expect(!rows.contains("nan") && rows.contains("ssim"))
    let score = try Tool.run(
      "score", run + "/images/" + (try #require(pictures().first)), "--prompt", "x", "--model",
      model.url.path)
    #expect(score.status == 2 && score.errors.contains("the CLIP image encoder gave values"))
  }

  private func pictures() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: run + "/images").filter { $0.hasSuffix(".png") }
  }

  @Test(.timeLimit(.minutes(10)))
  func `a pipe in place of weights or of a configuration is refused, not waited for`() throws {
    for (part, file) in [("vae", "diffusion_pytorch_model.safetensors"), ("unet", "config.json")] {
      let place = folder.url.appendingPathComponent(part)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      let model = try AlteredCheckpoint(in: place)
      try model.alter(part, file) { $0 }
      let path = model.url.appendingPathComponent("\(part)/\(file)").path
      try FileManager.default.removeItem(atPath: path)
      #expect(mkfifo(path, 0o600) == 0)
      let result = try generate(model)
      #expect(result.status == 2 && result.errors.contains("\(part)/\(file)"), "\(result.errors)")
      #expect(result.errors.contains("it is a pipe, not a file"))
    }
  }
}
