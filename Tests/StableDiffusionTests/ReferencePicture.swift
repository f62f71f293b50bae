import Images
import StableDiffusion
import Tensors
import Testing
import TokenMerging

/// A picture that a fixture has of diffusers, and how it was made.
struct ReferencePicture: Decodable {
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
  let width: Int?
  let height: Int?
  let originalSize: [Int]?
  let crop: [Int]?
  /// The name of the configuration that the checkpoint has.
  let scheduler: String
  /// What is added to the checkpoint.
  let loras: [LoRA]?
  let embeddings: [String]?
  let clipSkip: Int?

  private var options: SamplingOptions {
    let framing = originalSize.map { size in
      MicroConditioning.Framing(
        originalWidth: size[0], originalHeight: size[1], cropLeft: crop?[0] ?? 0, cropTop: crop?[1] ?? 0)
    }
    return SamplingOptions(
      steps: steps, guidanceScale: guidanceScale, negativePrompt: negativePrompt, width: width,
      height: height, framing: framing, clipSkip: clipSkip ?? 0)
  }

  func drawn(by pipeline: DiffusionPipeline) throws -> RGBImage {
    let conditioning = try pipeline.conditioning(for: pipeline.read(prompt, options))
    let merging = ratio > 0 ? MergingOptions(ratio: ratio, maxDownsample: maxDownsample) : nil
    var latents: Tensor?
    for step in try pipeline.denoise(conditioning, seed: seed, options: options, merging: merging) {
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
