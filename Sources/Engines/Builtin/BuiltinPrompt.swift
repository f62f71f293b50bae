import Digests
import Images
import Machine
import Pictures
import ResultStore
import StableDiffusion
import Statistics
import Tensors
import TokenMerging

/// A prompt, encoded once, however many pictures follow.
struct BuiltinPrompt: EnginePrompt {
  private let engine: BuiltinEngine
  private let conditioning: Conditioning
  /// What its pictures are begun from; nil for noise alone.
  private let start: LatentDistribution?
  private let textSeconds: Double
  private let encodeSeconds: Double?
  let unread: [UnreadText]

  init(_ engine: BuiltinEngine, prompt: String, sampling: Sampling) throws(EngineError) {
    self.engine = engine
    let began = ContinuousClock.now
    let options = try engine.options(sampling)
    let reading: PromptReading
    do throws(PipelineError) {
      reading = try engine.pipeline.read(prompt, options)
    } catch {
      throw .impossible(error)
    }
    do throws(NotFiniteError) {
      conditioning = try engine.pipeline.conditioning(for: reading)
    } catch {
      throw .brokenPart(error)
    }
    textSeconds = began.secondsSince
    let encoding = ContinuousClock.now
    start = try engine.encoded(sampling)
    encodeSeconds = start == nil ? nil : encoding.secondsSince
    // Without guidance the negative prompt is not read at all.
    let negative = conditioning.hiddenStates.shape[0] == 2 ? sampling.negativePrompt : ""
    let texts: [(kind: UnreadText.Kind, text: String)] = [(.prompt, prompt), (.negativePrompt, negative)]
    // The web UI's syntax has no longest text.
    unread =
      options.promptSyntax == .webui
      ? []
      : texts.compactMap { text in
        engine.pipeline.unread(text.text).map { UnreadText(text.kind, words: $0) }
      }
  }

  func picture(_ request: PictureRequest, _ observer: PictureObserver) throws -> MadePicture {
    PeakMemory.reset()
    try observer.cancellation.check()
    let (last, stepSeconds) = try denoise(request, observer)
    let start = ContinuousClock.now
    let image = try decode(last.latents)
    let stages = StageSeconds(
      text: textSeconds, encode: encodeSeconds, denoise: stepSeconds.reduce(0, +), decode: start.secondsSince,
      write: 0)
    return MadePicture(
      image: image, latentsHash: Self.hash(last.latents), seconds: stages.total,
      secondsPerStep: MedianInterval(of: stepSeconds).median, stages: stages, stepSeconds: stepSeconds,
      peakMemoryBytes: PeakMemory.bytes, mergeStatistics: last.merging.map { MergeStatistics($0.overall) },
      blockStatistics: last.merging?.blocks.mapValues { MergeStatistics($0) } ?? [:])
  }

  /// Takes the first step of every request, and decodes what the last one comes to.
  func warmUp(for requests: [PictureRequest], _ observer: PictureObserver) throws {
    var latents: Tensor?
    for request in requests {
      try observer.cancellation.check()
      var steps = try steps(request, engine.options(request.recipe.sampling))
      latents = steps.next()?.latents
    }
    try observer.cancellation.check()
    if let latents { _ = try decode(latents) }
  }

  private func denoise(
    _ request: PictureRequest, _ observer: PictureObserver
  ) throws -> (last: DenoisingSequence.Step, seconds: [Double]) {
    let options = try engine.options(request.recipe.sampling)
    var seconds: [Double] = []
    var last: DenoisingSequence.Step?
    let steps = try steps(request, options)
    for step in steps {
      seconds.append(step.seconds)
      switch step.fault {
      case .part(let error): throw EngineError.brokenPart(error)
      case .guidance: throw EngineError.notFinite(step: seconds.count)
      case nil: break
      }
      last = step
      observer.didStep(seconds.count, steps.stepCount)
      try observer.cancellation.check()
    }
    guard let last else { preconditionFailure("a denoising sequence without a step") }
    return (last, seconds)
  }

  private func steps(
    _ request: PictureRequest, _ options: SamplingOptions
  ) throws(EngineError) -> DenoisingSequence {
    do throws(PipelineError) {
      return try engine.pipeline.denoise(
        conditioning, from: start, seed: request.seed.value, options: options,
        merging: request.recipe.merging)
    } catch {
      throw .impossible(error)
    }
  }

  private func decode(_ latents: Tensor) throws(EngineError) -> RGBImage {
    do throws(NotFiniteError) {
      return try engine.pipeline.decode(latents)
    } catch {
      throw .brokenPart(error)
    }
  }

  private static func hash(_ latents: Tensor) -> String {
    var hash = SHA256()
    latents.withUnsafeBuffer { hash.update(UnsafeRawBufferPointer($0)) }
    return hash.hexDigest()
  }
}

extension ContinuousClock.Instant {
  /// Seconds from this instant to now.
  fileprivate var secondsSince: Double { duration(to: .now) / .seconds(1) }
}

extension MergeStatistics {
  fileprivate init(_ tally: MergingTally) {
    self.init(
      tokensKept: tally.merged == 0 ? nil : tally.tokensKept,
      effectiveRatio: tally.effectiveRatio, meanSimilarity: tally.meanSimilarity,
      minimumSimilarity: tally.meanSimilarity == nil ? nil : tally.minimumSimilarity)
  }
}
