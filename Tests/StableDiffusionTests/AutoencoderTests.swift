import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import Tensors
import Testing

@testable import StableDiffusion

/// Against diffusers' `AutoencoderKL` and `AutoencoderTiny`. Fixtures: `Tests/Reference/autoencoder.py`.
@Suite(.everyProductBackend) struct AutoencoderTests {
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

  @Test(arguments: ["sd1-like", "demo", "one-level", "no-attention", "tiny", "tiny-silu"])
  func `encoded pixels and the latents drawn of them are those of diffusers`(_ name: String) throws {
    let fixture = try Fixture("Autoencoder", name)
    let (directory, folder) = try fixture.temporaryModel("vae")
    let encoder = try withExtendedLifetime(folder) { try AutoencoderClass.loadEncoder(directory) }
    let latents = encoder.encode(try fixture.input("input.pixels").channelsLast())
    expectClose(latents.mean, try fixture.expected("mean").channelsLast(), relative: 1e-5)
    var generator = TorchGenerator(seed: 3)
    let drawn = latents.sample(from: &generator)
    guard let deviation = latents.standardDeviation else {
      #expect(drawn.values == latents.mean.values && name.hasPrefix("tiny"))
      return
    }
    expectClose(deviation, try fixture.expected("deviation").channelsLast(), relative: 1e-5)
    // Normal variates differ in their last digits, see `TorchGenerator`.
    expectClose(drawn, try fixture.expected("drawn").channelsLast(), relative: 1e-5)
  }

  private func expectUnchanged(_ banded: Tensor, _ whole: Tensor, _ comment: Comment) {
    if ProductBackend.current.keepsBits {
      #expect(banded.values == whole.values, comment)
    } else {
      expectClose(banded, whole, comment)
    }
  }

  @Test(arguments: ["sd1-like", "demo"])
  func `encoding in bands of rows changes nothing`(_ name: String) throws {
    let fixture = try Fixture("Autoencoder", name)
    let (directory, folder) = try fixture.temporaryModel("vae")
    let encoder = try withExtendedLifetime(folder) { try AutoencoderKLEncoder(directory) }
    let pixels = SyntheticTensor(shape: [1, 72, 56, 3]).tensor(named: "pixels")
    let whole = encoder.encode(pixels, bands: RowBands(bytes: .max))
    let banded = encoder.encode(pixels, bands: RowBands(bytes: 1))
    let (deviation, expected) = (
      try #require(banded.standardDeviation), try #require(whole.standardDeviation)
    )
    expectUnchanged(banded.mean, whole.mean, "mean")
    expectUnchanged(deviation, expected, "deviation")
  }

  @Test(arguments: ["demo", "tiny"])
  func `an autoencoder without encoder decodes, and says what it lacks when a picture is to be encoded`(
    _ name: String
  ) throws {
    let fixture = try Fixture("Autoencoder", name)
    let (directory, folder) = try fixture.temporaryModel("vae")
    let weights = folder.url.appendingPathComponent("diffusion_pytorch_model.safetensors")
    let file = try SafetensorsFile(weights)
    let kept = file.entries.keys.filter { !$0.hasPrefix("encoder.") && !$0.hasPrefix("quant_conv.") }.sorted()
    let tensors = try kept.map { (name: $0, tensor: try file.tensor($0)) }
    try FileManager.default.removeItem(at: weights)
    try SafetensorsWriter.write(tensors, type: .f32, to: weights)
    let decoded = try AutoencoderClass.load(directory).decode(fixture.input("input.latents").channelsLast())
    expectClose(decoded, try fixture.expected("decoded").channelsLast(), relative: 1e-5)
    let error = try #require(throws: CheckpointError.self) { try AutoencoderClass.loadEncoder(directory) }
    #expect(error.description.hasPrefix("\(weights.path): has no encoder (tensors 'encoder.*')"), "\(error)")
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
      expectUnchanged(banded, whole, "\(bytes) bytes")
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
