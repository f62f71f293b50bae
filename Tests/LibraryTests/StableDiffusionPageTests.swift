import DemoCheckpoint
import Foundation
import Images
import SamplerNames
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// The examples of StableDiffusion's pages, see ``PageTests``.
@Suite struct StableDiffusionPageTests {
  private let folder: URL

  init() throws { folder = try DemoCheckpoint.folder() }

  @Test func `begin with a picture`() throws {
    // StableDiffusion.md
    let pipeline = try DiffusionPipeline(folder)
    let options = SamplingOptions(steps: 2, guidanceScale: 6, width: 64, height: 64)
    let conditioning = try pipeline.conditioning(for: pipeline.read("a red cube", options))
    var latents: Tensor?
    for step in try pipeline.denoise(
      conditioning, seed: 0, options: options, merging: MergingOptions(ratio: 0.5))
    {
      latents = step.latents
    }
    let image = try latents.map { try pipeline.decode($0) }
    // end
    let made = try #require(image)
    #expect(made.width == 64 && made.height == 64 && Set(made.pixels).count > 16)
  }

  @Test func `make a picture with and without merging`() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).png")
    defer { try? FileManager.default.removeItem(at: file) }
    // MakeAPicture.md
    let pipeline = try DiffusionPipeline(folder)
    let summary = "\(pipeline.family), \(pipeline.defaultSize.width) pixels wide"
    // end
    // MakeAPicture.md
    var options = pipeline.defaults.options
    options.scheduler = .dpmSolver
    options.steps = 4
    options.guidanceScale = 5
    options.negativePrompt = "blurred"
    (options.width, options.height) = (64, 64)
    // end
    // MakeAPicture.md
    let merging = MergingOptions(ratio: 0.5)
    let size = try pipeline.validate(options, merging: merging)
    let grids = pipeline.attendingGrids(width: size.width, height: size.height)
    let mergedShare = merging.effectiveRatio(over: grids)
    // end
    // MakeAPicture.md
    let prompt = "a red cube on top of a blue cube"
    let reading = try pipeline.read(prompt, options)
    let conditioning = try pipeline.conditioning(for: reading)
    // end
    // MakeAPicture.md
    func picture(seed: UInt64, merging: MergingOptions?) throws -> (image: RGBImage?, seconds: Double) {
      var latents: Tensor?
      var seconds = 0.0
      for step in try pipeline.denoise(conditioning, seed: seed, options: options, merging: merging) {
        latents = step.latents
        seconds += step.seconds
        if step.fault != nil { return (nil, seconds) }
      }
      return (try latents.map { try pipeline.decode($0) }, seconds)
    }
    let plain = try picture(seed: 7, merging: nil)
    let merged = try picture(seed: 7, merging: merging)
    let speedUp = plain.seconds / merged.seconds
    // end
    // MakeAPicture.md
    if let image = merged.image {
      let bytes = try PNGCodec.encode(image, text: [(key: "prompt", value: prompt)])
      try Data(bytes).write(to: file)
    }
    // end
    #expect(summary.hasPrefix("Stable Diffusion") && speedUp > 0)
    #expect(mergedShare > 0 && mergedShare <= 0.5)
    let (image, other) = (try #require(merged.image), try #require(plain.image))
    #expect((image.width, image.height) == (size.width, size.height) && image != other)
    #expect(try picture(seed: 7, merging: merging).image == image)
    let read = try PNGCodec.decode(file)
    #expect(read.image == image && read.text.map { $0.value } == [prompt])
  }
}
