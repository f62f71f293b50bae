import Images
import SamplerNames
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
  /// What it is begun from, as the fixture calls it, and how much of that is replaced.
  let picture: String?
  let strength: Double?

  private func options(_ scheduler: SchedulerKind?) -> SamplingOptions {
    let framing = originalSize.map { size in
      MicroConditioning.Framing(
        originalWidth: size[0], originalHeight: size[1], cropLeft: crop?[0] ?? 0, cropTop: crop?[1] ?? 0)
    }
    return SamplingOptions(
      steps: steps, guidanceScale: guidanceScale, negativePrompt: negativePrompt, width: width,
      height: height, framing: framing, scheduler: scheduler, clipSkip: clipSkip ?? 0, strength: strength)
  }

  /// - Parameters:
  ///   - kind: instead of the checkpoint's own scheduler
  ///   - picture: what it is begun from
  func drawn(
    by pipeline: DiffusionPipeline, scheduler kind: SchedulerKind? = nil, from picture: RGBImage? = nil
  ) throws -> RGBImage {
    let options = options(kind)
    let start = try picture.map { picture in
      let size = pipeline.encodedSize(of: picture)
      #expect([size.width, size.height] == [width, height])
      return try pipeline.pictureEncoder()(picture, width: size.width, height: size.height)
    }
    let conditioning = try pipeline.conditioning(for: pipeline.read(prompt, options))
    let merging = ratio > 0 ? MergingOptions(ratio: ratio, maxDownsample: maxDownsample) : nil
    var latents: Tensor?
    for step in try pipeline.denoise(
      conditioning, from: start, seed: seed, options: options, merging: merging)
    {
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
