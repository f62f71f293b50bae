public import Images
public import Pictures
public import StableDiffusion
import Checkpoints
import SamplerNames
import Tensors
public import TokenMerging

/// This program's own pipeline, on the CPU.
public struct BuiltinEngine: PictureEngine {
  public let identity = EngineIdentity.builtin
  public let model: ModelIdentity
  public let pipeline: DiffusionPipeline
  /// What pictures can be begun from.
  public let initImage: RGBImage?

  public init(_ pipeline: DiffusionPipeline, model: ModelIdentity, initImage: RGBImage? = nil) {
    self.pipeline = pipeline
    self.model = model
    self.initImage = initImage
  }

  public func resolve(_ wish: SamplingWish) throws(EngineError) -> Sampling {
    let defaults = pipeline.defaults.options
    let own = wish.initImage == nil ? nil : initImage.map(pipeline.encodedSize)
    let size = wish.size ?? own ?? pipeline.defaultSize
    if wish.originalSize != nil || wish.crop != nil, !pipeline.takesSizes { throw .impossible(.noSizes) }
    return Sampling(
      steps: wish.steps ?? defaults.steps, guidanceScale: wish.guidanceScale ?? defaults.guidanceScale,
      negativePrompt: wish.negativePrompt, width: size.width, height: size.height,
      framing: Framing(
        original: wish.originalSize, crop: wish.crop, width: size.width, height: size.height),
      scheduler: wish.scheduler ?? pipeline.schedulerKind.map { SchedulerName(rawValue: $0.rawValue) }
        ?? .checkpoint,
      eta: wish.eta,
      attention: wish.attention ?? AttentionName(rawValue: defaults.attention.rawValue),
      precision: wish.precision ?? PrecisionName(rawValue: defaults.precision.rawValue),
      clipSkip: wish.clipSkip == 0 ? nil : wish.clipSkip, promptSyntax: wish.promptSyntax,
      initImage: wish.initImage,
      hires: wish.hires?.pass(width: size.width, height: size.height, multipleOf: pipeline.scaleFactor))
  }

  public func validate(_ recipe: PictureRecipe) throws(EngineError) {
    let options = try options(recipe.sampling)
    do throws(PipelineError) {
      try pipeline.validate(options, merging: recipe.merging)
    } catch {
      throw .impossible(error)
    }
    if let initImage = recipe.sampling.initImage {
      _ = try pixels(of: initImage)
      _ = try pictureEncoder()
    }
    if options.hires?.upscaler == .pixelLanczos { _ = try pictureEncoder() }
    do throws(MergingError) {
      try recipe.hiresMerging?.validate()
    } catch {
      throw .impossible(.badMerging(error))
    }
  }

  public func check(prompt: String, sampling: Sampling) throws(EngineError) {
    let options = try options(sampling)
    do throws(PipelineError) {
      _ = try pipeline.read(prompt, options)
    } catch {
      throw .impossible(error)
    }
  }

  public func attendingGrids(_ sampling: Sampling) -> [TokenGrid] {
    pipeline.attendingGrids(width: sampling.width, height: sampling.height)
  }

  public func hasPair(_ sampling: Sampling) -> Bool {
    pipeline.hasPair(guidanceScale: sampling.guidanceScale ?? 0)
  }

  public var warmUp: String? {
    "reading the weights, with a step without merging, one with, and a decoding, which do not count"
  }

  /// Has the weights read from their files, the buffers drawn and the threads started: of gigabytes that are not in
  /// memory yet, the first picture would take seconds longer.
  public func warmUp(for requests: [PictureRequest], _ observer: PictureObserver) throws {
    guard let first = requests.first else { return }
    let prompt = try BuiltinPrompt(self, prompt: first.prompt, sampling: first.recipe.sampling)
    try prompt.warmUp(for: requests, observer)
  }

  public func begin(prompt: String, sampling: Sampling) throws(EngineError) -> any EnginePrompt {
    try BuiltinPrompt(self, prompt: prompt, sampling: sampling)
  }

  /// The pipeline's settings behind the names.
  func options(_ sampling: Sampling) throws(EngineError) -> SamplingOptions {
    // Asked for by name, the checkpoint's own scheduler would lose what its configuration says beside the name.
    let isOwn =
      sampling.scheduler == .checkpoint || sampling.scheduler.rawValue == pipeline.schedulerKind?.rawValue
    guard let steps = sampling.steps, let guidanceScale = sampling.guidanceScale else {
      throw .incomplete(sampling.steps == nil ? .steps : .guidanceScale)
    }
    return SamplingOptions(
      steps: steps, guidanceScale: guidanceScale, negativePrompt: sampling.negativePrompt,
      width: sampling.width, height: sampling.height,
      framing: sampling.framing.map(MicroConditioning.Framing.init),
      scheduler: isOwn ? nil : try value("scheduler", sampling.scheduler), eta: sampling.eta,
      attention: try value("attention", sampling.attention),
      precision: try value("precision", sampling.precision), clipSkip: sampling.clipSkip ?? 0,
      promptSyntax: try value("prompt syntax", sampling.promptSyntax), strength: sampling.initImage?.strength,
      hires: try sampling.hires.map { (pass) throws(EngineError) in
        HiresOptions(
          width: pass.width, height: pass.height, steps: pass.steps ?? steps, strength: pass.strength,
          upscaler: try value("upscaler", pass.upscaler))
      })
  }

  private func pixels(of picture: InitImage) throws(EngineError) -> RGBImage {
    guard let initImage, initImage.hash == picture.hash else { throw .noInitImage }
    return initImage
  }

  func pictureEncoder() throws(EngineError) -> PictureEncoder {
    do throws(CheckpointError) {
      return try pipeline.pictureEncoder()
    } catch {
      throw .impossible(.checkpoint(error))
    }
  }

  /// The latents to begin from; nil for noise alone.
  func encoded(_ sampling: Sampling) throws(EngineError) -> LatentDistribution? {
    guard let picture = sampling.initImage else { return nil }
    let (encoder, pixels) = (try pictureEncoder(), try pixels(of: picture))
    do throws(NotFiniteError) {
      return try encoder(pixels, width: sampling.width, height: sampling.height)
    } catch {
      throw .brokenPart(error)
    }
  }

  private func value<Value: RawRepresentable<String> & CaseIterable>(
    _ what: String, _ name: some OpenName
  ) throws(EngineError) -> Value {
    guard let value = Value(rawValue: name.rawValue) else {
      throw .unknownName(what, value: name.rawValue, known: Value.allCases.map(\.rawValue))
    }
    return value
  }
}

extension MicroConditioning.Framing {
  fileprivate init(_ framing: Pictures.Framing) {
    self.init(
      originalWidth: framing.originalWidth, originalHeight: framing.originalHeight,
      cropLeft: framing.cropLeft, cropTop: framing.cropTop)
  }
}
