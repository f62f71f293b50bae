import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import Tensors
import Testing

@testable import StableDiffusion

/// Against diffusers' `AutoencoderKL` and `AutoencoderTiny`. Fixtures: `Tests/Reference/autoencoder.py`.
@Suite struct AutoencoderTests {
  @Test(arguments: ["sd1-like", "demo", "one-level", "no-attention", "tiny", "tiny-silu"])
  func `decoded latents and their picture are those of diffusers`(_ name: String) throws {
    let fixture = try Fixture("Autoencoder", name)
    let (directory, folder) = try fixture.temporaryModel("vae")
    let autoencoder = try withExtendedLifetime(folder) { try AutoencoderClass.load(directory) }
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

  /// Maps so small are convolved in one piece unless the bands are cut for less memory than anybody has.
  @Test(arguments: ["sd1-like", "demo", "one-level", "no-attention"], [(24, 24), (21, 13), (9, 30)])
  func `decoding in bands of rows changes nothing`(_ name: String, _ size: (Int, Int)) throws {
    let fixture = try Fixture("Autoencoder", name)
    let (directory, folder) = try fixture.temporaryModel("vae")
    let autoencoder = try withExtendedLifetime(folder) { try AutoencoderKL(directory) }
    let latents = SyntheticTensor(shape: [2, size.0, size.1, autoencoder.latentChannels])
      .tensor(named: "latents \(size)")
    let whole = autoencoder.decode(latents, bands: RowBands(bytes: .max))
    for bytes in [1, 200_000] {
      let banded = autoencoder.decode(latents, bands: RowBands(bytes: bytes))
      #expect(banded.values == whole.values, "\(bytes) bytes")
    }
  }

  @Test func `bands cover a map once, begin where tiles do, and see their results' neighbours`() {
    for height in [1, 23, 24, 25, 64, 101, 4096] {
      for rowBytes in [1, 10, 30, 2000] {
        let bands = RowBands(bytes: 1000).bands(height: height, rowBytes: rowBytes)
        #expect(bands.flatMap { Array($0.results) } == Array(0..<height))
        #expect(Set(bands.map { $0.window.count / 4 }).count == 1)
        for band in bands {
          let (window, results) = (band.window, band.results)
          #expect(window.lowerBound % 4 == 0)
          #expect(window.lowerBound == 0 ? results.lowerBound == 0 : window.lowerBound < results.lowerBound)
          #expect(window.upperBound == height || window.upperBound > results.upperBound)
          #expect(window.count < 32 || (window.count - 3) * rowBytes <= 1000)
        }
      }
    }
    #expect(RowBands(bytes: .max).bands(height: 4096, rowBytes: 1 << 30).count == 1)
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
