import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import Tensors
import Testing

@testable import StableDiffusion

/// Against diffusers' `AutoencoderKL`. Fixtures: `Tests/Reference/autoencoder.py`.
@Suite struct AutoencoderTests {
  @Test(arguments: ["sd1-like", "demo", "one-level", "no-attention"])
  func `decoded latents and their picture are those of diffusers`(_ name: String) throws {
    let fixture = try Fixture("Autoencoder", name)
    let (directory, folder) = try fixture.temporaryModel("vae")
    let autoencoder = try withExtendedLifetime(folder) { try AutoencoderKL(directory) }
    let decoded = autoencoder.decode(try fixture.input("input.latents").channelsLast())
    expectClose(decoded, try fixture.expected("decoded").channelsLast(), relative: 1e-5)

    let image = RGBImage(decoded: decoded.slice(0..<1))
    let reference = try fixture.bytes("pixels")
    try #require(image.pixels.count == reference.count)
    let differences = zip(image.pixels, reference).map { abs(Int($0) - Int($1)) }
    #expect(differences.allSatisfy { $0 <= 1 })
    #expect(differences.count { $0 > 0 } <= reference.count / 1000)
  }

  @Test func `the older names of the attention's weights are understood`() throws {
    let fixture = try Fixture("Autoencoder", "demo")
    let (directory, folder) = try fixture.temporaryModel("vae")
    let weights = folder.url.appendingPathComponent("diffusion_pytorch_model.safetensors")
    let file = try SafetensorsFile(weights)
    let renamed = [
      ".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn.",
    ]
    let tensors = try file.entries.keys.sorted().map { key in
      let name = renamed.reduce(key) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
      return (name: name, tensor: try file.tensor(key))
    }
    try SafetensorsWriter.write(tensors, type: .f32, to: folder.url.appendingPathComponent("old.safetensors"))
    try FileManager.default.removeItem(at: weights)
    try FileManager.default.moveItem(at: folder.url.appendingPathComponent("old.safetensors"), to: weights)
    let decoded = try AutoencoderKL(directory).decode(fixture.input("input.latents").channelsLast())
    expectClose(decoded, try fixture.expected("decoded").channelsLast(), relative: 1e-5)
  }

  @Test func `8-bit values are clamped and rounded half to even`() {
    let values: [Float] = [-2, -1, 1, 2, 0, .nan]
    let image = RGBImage(decoded: Tensor(values, shape: [1, 1, 2, 3]))
    #expect(image.pixels == [0, 0, 255, 255, 128, 0])
  }

  @Test func `a configuration that is not supported names the field`() throws {
    let folder = try TemporaryFolder()
    for (field, value) in [
      ("act_fn", "relu" as Any), ("shift_factor", 0.1), ("block_out_channels", [Int]()),
      ("up_block_types", ["AttnUpDecoderBlock2D"]),
    ] {
      var json: [String: Any] = ["block_out_channels": [8], "up_block_types": ["UpDecoderBlock2D"]]
      json[field] = value
      try JSONSerialization.data(withJSONObject: json)
        .write(to: folder.url.appendingPathComponent("config.json"))
      let directory = try ModelDirectory(folder.url)
      let error = #expect(throws: CheckpointError.self) { try AutoencoderKL(directory) }
      #expect(error?.description.contains("'\(field)'") == true)
    }
  }
}
