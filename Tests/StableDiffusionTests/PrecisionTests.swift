import Checkpoints
import Foundation
import Images
import ReferenceFixtures
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// Whole pictures of the bundled checkpoint, with weights kept and products computed in other ways.
@Suite struct PrecisionTests {
  private func picture(
    _ pipeline: DiffusionPipeline, _ prompt: String, _ options: SamplingOptions, ratio: Double = 0
  ) throws -> (latents: Tensor, pixels: [UInt8]) {
    let conditioning = try pipeline.conditioning(for: prompt, guidanceScale: options.guidanceScale)
    let merging = ratio > 0 ? MergingOptions(ratio: ratio) : nil
    var latents: Tensor?
    for step in try pipeline.denoise(conditioning, seed: 0, options: options, merging: merging) {
      latents = step.latents
    }
    let last = try #require(latents)
    return (last, try pipeline.decode(last).pixels)
  }

  @Test(arguments: Precision.allCases)
  func `pictures have the same bits however weights are kept`(precision: Precision) throws {
    var options = SamplingOptions(steps: 2, guidanceScale: 3, width: 64, height: 48)
    options.precision = precision
    let stored = try DiffusionPipeline(PipelineRequestTests.checkpoint)
    let widened = try DiffusionPipeline(PipelineRequestTests.checkpoint, resident: .fp32)
    let (first, second) = try (
      picture(stored, "a red cube", options, ratio: 0.5), picture(widened, "a red cube", options, ratio: 0.5)
    )
    #expect(first.latents.values == second.latents.values)
    #expect(first.pixels == second.pixels)
  }

  @Test(arguments: ["a red cube on top of a blue cube", "a dog", "a green tree"])
  func `bf16 pictures are within 35 dB of fp32`(prompt: String) throws {
    let pipeline = try PipelineRequestTests.pipeline.get()
    var options = pipeline.defaults.options
    let exact = try picture(pipeline, prompt, options).pixels
    options.precision = .bf16
    let rough = try picture(pipeline, prompt, options).pixels
    let squares = zip(exact, rough).reduce(0.0) { $0 + pow(Double($1.0) - Double($1.1), 2) }
    let decibels = 10 * log10(255 * 255 / (squares / Double(exact.count)))
    #expect(decibels >= 35 && decibels.isFinite, "\(decibels) dB")
  }
}
