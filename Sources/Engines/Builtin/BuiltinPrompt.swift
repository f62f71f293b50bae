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
    let options = try engine.options(request.recipe.sampling)
    let first = try steps(request, options)
    let secondCount = try secondPassEvaluations(options)
    var progress = Progress(observer, total: first.stepCount + secondCount)
    var watch = StepWatch(observer.explains)
    try watch.check(steps: max(first.stepCount, secondCount))
    let (last, stepSeconds) = try denoise(first, pass: 1, &progress, &watch)
    let second = try options.hires.map {
      try secondPass($0, over: last.latents, request, options, &progress, &watch)
    }
    let final = second?.last ?? last
    let start = ContinuousClock.now
    let image = try decode(final.latents)
    let stages = StageSeconds(
      text: textSeconds, encode: encodeSeconds, denoise: stepSeconds.reduce(0, +),
      upscale: second?.upscaling, hires: second?.seconds.reduce(0, +), decode: start.secondsSince, write: 0)
    let merging = last.merging ?? second?.last.merging
    return MadePicture(
      image: image, latentsHash: Self.hash(final.latents), seconds: stages.total,
      secondsPerStep: MedianInterval(of: stepSeconds).median, stages: stages, stepSeconds: stepSeconds,
      hiresStepSeconds: second?.seconds ?? [], peakMemoryBytes: PeakMemory.bytes,
      mergeStatistics: merging.map { MergeStatistics($0.overall) },
      blockStatistics: merging?.blocks.mapValues { MergeStatistics($0) } ?? [:],
      explanation: watch.explanation)
  }

  /// A second pass, and the seconds of its enlarging and of its steps.
  private typealias SecondPass = (last: DenoisingSequence.Step, upscaling: Double, seconds: [Double])

  private func secondPass(
    _ hires: HiresOptions, over latents: Tensor, _ request: PictureRequest, _ options: SamplingOptions,
    _ progress: inout Progress, _ watch: inout StepWatch
  ) throws -> SecondPass {
    let start = ContinuousClock.now
    let steps = try secondSteps(hires, over: latents, request, options)
    let upscaling = start.secondsSince
    let (last, seconds) = try denoise(steps, pass: 2, &progress, &watch)
    return (last, upscaling, seconds)
  }

  private func secondSteps(
    _ hires: HiresOptions, over latents: Tensor, _ request: PictureRequest, _ options: SamplingOptions
  ) throws(EngineError) -> DenoisingSequence {
    let encoder = hires.upscaler == .pixelLanczos ? try engine.pictureEncoder() : nil
    let enlarged: LatentDistribution
    do throws(NotFiniteError) {
      enlarged = try engine.pipeline.enlarged(latents, for: hires, encoder: encoder)
    } catch {
      throw .brokenPart(error)
    }
    // The maps that follow have other sizes.
    BufferPool.shared.drain()
    do throws(PipelineError) {
      return try engine.pipeline.denoiseAgain(
        conditioning, from: enlarged, seed: request.seed.value, options: options,
        merging: request.recipe.hiresMerging)
    } catch {
      throw .impossible(error)
    }
  }

  private func secondPassEvaluations(_ options: SamplingOptions) throws(EngineError) -> Int {
    do throws(PipelineError) {
      return try engine.pipeline.secondPassEvaluations(options)
    } catch {
      throw .impossible(error)
    }
  }

  /// Takes the first step of every request, and decodes what the last one comes to.
  func warmUp(for requests: [PictureRequest], _ observer: PictureObserver) throws {
    var latents: Tensor?
    for request in requests {
      try observer.cancellation.check()
      let options = try engine.options(request.recipe.sampling)
      var steps = try steps(request, options)
      latents = steps.next()?.latents
      if let hires = options.hires, let first = latents {
        var second = try secondSteps(hires, over: first, request, options)
        latents = second.next()?.latents
      }
    }
    try observer.cancellation.check()
    if let latents { _ = try decode(latents) }
  }

  /// How many evaluations of a picture's model are done.
  private struct Progress {
    let observer: PictureObserver
    let total: Int
    private var done = 0

    init(_ observer: PictureObserver, total: Int) {
      self.observer = observer
      self.total = total
    }

    /// - Throws: `CancellationError` when asked to stop.
    mutating func step() throws {
      done += 1
      observer.didStep(done, total)
      try observer.cancellation.check()
    }
  }

  private func denoise(
    _ steps: DenoisingSequence, pass: Int, _ progress: inout Progress, _ watch: inout StepWatch
  ) throws -> (last: DenoisingSequence.Step, seconds: [Double]) {
    var seconds: [Double] = []
    var last: DenoisingSequence.Step?
    for step in watch.tapped(steps) {
      seconds.append(step.seconds)
      switch step.fault {
      case .part(let error): throw EngineError.brokenPart(error)
      case .guidance: throw EngineError.notFinite(step: seconds.count)
      case nil: break
      }
      last = step
      try watch.note(step, pass: pass, of: steps.stepCount, decode: decode)
      try progress.step()
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
