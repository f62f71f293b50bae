import Foundation
import Images
import ReferenceFixtures
import SamplerNames
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// From prompt to 8-bit picture, against diffusers' StableDiffusionPipeline with a fresh tomesd patch.
@Suite(.everyProductBackend) struct PipelineTests {
  private struct Case: Decodable {
    let name: String
    let prompt: String
    let negativePrompt: String
    let guidanceScale: Double
    let steps: Int
    let width: Int?
    let height: Int?
    let scheduler: SchedulerKind?
    let seed: UInt64
    let ratio: Double

    func picture(_ pipeline: DiffusionPipeline) throws -> RGBImage {
      let options = SamplingOptions(
        steps: steps, guidanceScale: guidanceScale, negativePrompt: negativePrompt, width: width,
        height: height, scheduler: scheduler)
      let conditioning = try pipeline.conditioning(
        for: prompt, negativePrompt: negativePrompt, guidanceScale: guidanceScale)
      let merging = ratio > 0 ? MergingOptions(ratio: ratio) : nil
      var latents: Tensor?
      for step in try pipeline.denoise(conditioning, seed: seed, options: options, merging: merging) {
        latents = step.latents
      }
      return try pipeline.decode(try #require(latents))
    }
  }

  private struct Settings: Decodable {
    let cases: [Case]
  }

  private static let demo = Fixture.root.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/DemoCheckpoint/checkpoint")

  private func expectReferencePictures(_ fixture: Fixture, _ pipeline: DiffusionPipeline) throws {
    // What is merged, near ties decide: OpenBLAS's rounding makes other pictures of some cases.
    let isExact = ProductBackend.current.keepsBits
    for item in try fixture.settings(Settings.self).cases where isExact || item.ratio == 0 {
      let picture = try item.picture(pipeline)
      #expect(try fixture.shape(item.name) == [picture.height, picture.width, 3], "\(item.name)")
      expectAlike(picture, try fixture.bytes(item.name), "\(item.name)")
    }
  }

  @Test func `the bundled checkpoint makes diffusers' pictures with every scheduler`() throws {
    try expectReferencePictures(try Fixture("Pipeline", "demo"), try DiffusionPipeline(Self.demo))
  }

  @Test func `a model that predicts v makes diffusers' pictures`() throws {
    let fixture = try Fixture("Pipeline", "v-prediction")
    let folder = try TemporaryFolder()
    for name in ["model_index.json", "tokenizer"] {
      try FileManager.default.copyItem(
        at: Self.demo.appendingPathComponent(name), to: folder.url.appendingPathComponent(name))
    }
    for name in ["unet", "vae"] {
      try fixture.writeModel(name, to: folder.url.appendingPathComponent(name))
    }
    try fixture.writeModel(
      "text_encoder", to: folder.url.appendingPathComponent("text_encoder"),
      weightsName: "model.safetensors")
    try fixture.writeModel(
      "scheduler", to: folder.url.appendingPathComponent("scheduler"),
      configurationName: "scheduler_config.json")
    try expectReferencePictures(fixture, try DiffusionPipeline(folder.url))
  }
}
