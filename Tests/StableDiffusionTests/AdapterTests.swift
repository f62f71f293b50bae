import CheckpointForms
import Foundation
import Images
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// Miniatures with LoRAs, against diffusers with PEFT. Fixtures: `Tests/Reference/adapters.py`.
@Suite struct AdapterTests {
  private struct Picture: Decodable {
    struct LoRA: Decodable {
      let name: String
      let scale: Double
    }

    let name: String
    let prompt: String
    let negativePrompt: String
    let guidanceScale: Double
    let steps: Int
    let seed: UInt64
    let ratio: Double
    let maxDownsample: Int
    let scheduler: String
    let loras: [LoRA]
  }

  private struct Settings: Decodable {
    let pictures: [Picture]
  }

  @Test(arguments: AdapterFixture.models)
  func `LoRAs make diffusers' pictures`(model: String) throws {
    let adapters = try AdapterFixture(model)
    let fixture = adapters.fixture
    try withTemporaryFolder { folder in
      let place = folder.appendingPathComponent("model")
      let items = try fixture.settings(Settings.self).pictures
      try adapters.model.write(scheduler: try #require(items.first).scheduler, to: place)
      for item in items {
        let location = CheckpointLocation(
          path: place.path,
          loras: try item.loras.map { lora in
            LoRAChoice(path: try adapters.writeLoRA(lora.name, to: folder).path, scale: lora.scale)
          })
        let picture = try Self.picture(item, DiffusionPipeline(location.open(environment: [:]).files))
        expectAlike(picture, try fixture.bytes(item.name), "\(model) \(item.name)")
      }
    }
  }

  private static func picture(_ item: Picture, _ pipeline: DiffusionPipeline) throws -> RGBImage {
    let conditioning = try pipeline.conditioning(
      for: item.prompt, negativePrompt: item.negativePrompt, guidanceScale: item.guidanceScale)
    let options = SamplingOptions(steps: item.steps, guidanceScale: item.guidanceScale)
    let merging =
      item.ratio > 0 ? MergingOptions(ratio: item.ratio, maxDownsample: item.maxDownsample) : nil
    var latents: Tensor?
    for step in try pipeline.denoise(conditioning, seed: item.seed, options: options, merging: merging) {
      latents = step.latents
    }
    return try pipeline.decode(try #require(latents))
  }
}

/// Expects 99.5 % of the 8-bit values to be equal, and none to be off by more than 2.
func expectAlike(
  _ picture: RGBImage, _ expected: [UInt8], _ comment: Comment,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(picture.pixels.count == expected.count, comment, sourceLocation: sourceLocation)
  let differences = zip(picture.pixels, expected).map { abs(Int($0) - Int($1)) }
  let equal = Double(differences.count { $0 == 0 }) / Double(max(differences.count, 1))
  #expect(equal >= 0.995, comment, sourceLocation: sourceLocation)
  #expect(differences.max() ?? 255 <= 2, comment, sourceLocation: sourceLocation)
}
