import Checkpoints
import Foundation
public import Images
public import ResultStore
public import StableDiffusion
import Tensors
public import TokenMerging

/// One picture and what it cost to make it.
public struct MadePicture: Sendable {
  public var image: RGBImage
  /// SHA-256 of the latents' fp32 values before the decoder.
  public var latentsHash: String
  public var textSeconds: Double
  public var stepSeconds: [Double]
  public var decodeSeconds: Double
  /// Highest resident memory while the picture was made.
  public var peakMemoryBytes: Int?
  /// Nil without merging.
  public var mergeStatistics: [String: Double]?

  /// Median over the steps.
  public var secondsPerStep: Double { median(stepSeconds) }

  public func stageSeconds(write: Double) -> StageSeconds {
    StageSeconds(text: textSeconds, denoise: stepSeconds.reduce(0, +), decode: decodeSeconds, write: write)
  }
}

/// Makes pictures of one prompt: the text is encoded once, however many ratios and
/// seeds follow.
public struct PictureMaker: Sendable {
  private let pipeline: DiffusionPipeline
  private let options: SamplingOptions
  private let conditioning: Conditioning
  private let textSeconds: Double

  /// Whether the prompt is longer than the model reads, so that its end has no effect.
  public var isTruncated: Bool { conditioning.isTruncated }

  /// Encodes the prompt.
  public init(_ pipeline: DiffusionPipeline, prompt: String, options: SamplingOptions) {
    self.pipeline = pipeline
    self.options = options
    let start = ContinuousClock.now
    conditioning = pipeline.conditioning(
      for: prompt, negativePrompt: options.negativePrompt, guidanceScale: options.guidanceScale)
    textSeconds = start.secondsSince
  }

  /// - Parameters:
  ///   - merging: nil for none at all.
  ///   - steps: nil for those of the options
  ///   - didStep: told the number of steps done.
  /// - Throws: `CancellationError` when asked to stop, ``EvaluationError/notFinite(step:)``,
  ///   or the pipeline's own errors.
  public func picture(
    seed: Int, merging: MergingOptions?, steps: Int? = nil, cancellation: Cancellation = Cancellation(),
    didStep: (Int) -> Void = { _ in }
  ) throws -> MadePicture {
    PeakMemory.reset()
    try cancellation.check()
    var options = options
    options.steps = steps ?? options.steps
    var stepSeconds: [Double] = []
    var last: DenoisingSequence.Step?
    for step in try pipeline.denoise(
      conditioning, seed: UInt64(seed), options: options, merging: merging)
    {
      stepSeconds.append(step.seconds)
      guard step.latents.withUnsafeBuffer({ $0.allSatisfy(\.isFinite) }) else {
        throw EvaluationError.notFinite(step: stepSeconds.count)
      }
      last = step
      didStep(stepSeconds.count)
      try cancellation.check()
    }
    guard let last else { preconditionFailure("a denoising sequence without a step") }
    let start = ContinuousClock.now
    let image = pipeline.decode(last.latents)
    var hash = SHA256()
    last.latents.withUnsafeBuffer { hash.update(UnsafeRawBufferPointer($0)) }
    return MadePicture(
      image: image, latentsHash: hash.hexDigest(), textSeconds: textSeconds, stepSeconds: stepSeconds,
      decodeSeconds: start.secondsSince, peakMemoryBytes: PeakMemory.bytes,
      mergeStatistics: last.merging?.summary)
  }
}

extension ContinuousClock.Instant {
  /// Seconds from this instant to now.
  var secondsSince: Double { duration(to: .now) / .seconds(1) }
}

extension MergingStatistics {
  /// The numbers that a store keeps: those over all blocks by their name, those of a block as `<block>.<name>`.
  var summary: [String: Double] {
    blocks.reduce(into: overall.summary) { summary, block in
      for (name, value) in block.value.summary { summary["\(block.key).\(name)"] = value }
    }
  }
}

extension MergingTally {
  fileprivate var summary: [String: Double] {
    var summary = ["effective_ratio": effectiveRatio]
    if let meanSimilarity {
      summary["tokens_kept"] = tokensKept
      summary["mean_similarity"] = meanSimilarity
      summary["minimum_similarity"] = minimumSimilarity
    }
    return summary
  }
}
