public import CLIPModels
public import Checkpoints
public import Foundation
public import Images
public import SamplerNames
public import Tensors
public import TokenMerging

/// Text to image, and image to image, with a Stable Diffusion 1.x, 2.x or XL checkpoint in diffusers layout
/// (`model_index.json`, `unet/`, `vae/`, `text_encoder/`, `tokenizer/`, `scheduler/`, and SDXL's `text_encoder_2/` and
/// `tokenizer_2/`).
///
/// The stages are separate, so that a prompt is encoded once for many images and a caller sees every step:
/// ``read(_:_:)`` and ``conditioning(for:)`` encode a prompt, ``denoise(_:from:seed:options:merging:)`` makes latents of it
/// step by step, ``decode(_:)`` a picture of those. <doc:MakeAPicture> goes through them.
///
/// With equal arguments the image is that of diffusers' pipeline of the class that the folder names (and of its
/// counterpart for image to image, `StableDiffusionImg2ImgPipeline` or the XL one) with a CPU generator, and with
/// `tomesd` applied afresh to it when tokens are merged.
public struct DiffusionPipeline: Sendable {
  private let files: LoadedFiles
  private let pipeline: PipelineClass
  /// What the folder's `tome-eval.json` says, if there is one.
  public let defaults: PipelineDefaults
  private let text: TextConditioner
  private let unet: UNet2DConditionModel
  private let autoencoder: any Autoencoder
  private let scheduler: SchedulerConfiguration

  /// Loads every component of a folder on disk, and checks that they fit together.
  /// - Parameters:
  ///   - url: the checkpoint's folder
  ///   - resident: how the weights are kept in memory
  ///   - cache: makes ``fingerprint`` fast for a checkpoint that was met before
  /// - Throws: `CheckpointError` naming the file and field or tensor at fault.
  public init(
    _ url: URL, resident: WeightsResidency = .stored, cache: DigestCache? = nil
  ) throws(CheckpointError) {
    try self.init(ModelDirectory(url, resident: resident, cache: cache))
  }

  /// Loads every component and checks that they fit together.
  /// - Parameters:
  ///   - files: the checkpoint, such as a `ModelDirectory` of Checkpoints with a variant of its weights
  ///   - words: what is added to the tokenizers and text encoders; ``fingerprint`` does not know them
  /// - Throws: `CheckpointError` naming the file and field or tensor at fault.
  public init(
    _ files: any ModelFiles, words: [TextualInversion] = []
  ) throws(CheckpointError) {
    // These two say how the model is used and called, not what it computes.
    pipeline = try PipelineClass(files)
    defaults = try PipelineDefaults(files)
    let files = LoadedFiles(files)
    self.files = files
    // Of other classes than the first, the class is a part of what is computed.
    if pipeline != .stableDiffusion { _ = try PipelineClass(files) }
    scheduler = try SchedulerConfiguration(files.component("scheduler"), of: pipeline)
    text = try TextConditioner(files, of: pipeline, words: words)
    unet = try UNet2DConditionModel(files.component("unet"))
    autoencoder = try AutoencoderClass.load(files.component("vae"))
    try unet.configuration.requireFits(
      text, autoencoder, of: pipeline, file: files.path(of: "unet/config.json"))
    try scheduler.inPipeline(nil).requireSupported()
    // What widening the weights left over.
    BufferPool.shared.drain()
  }

  /// A name for exactly these weights, configurations and vocabularies: SHA-256, in hexadecimal digits, over the paths
  /// and digests of all files that were loaded. Reads them, unless their digests are cached; ask once and keep it.
  /// - Throws: `CheckpointError` when one of them cannot be read any more.
  public var fingerprint: String {
    get throws(CheckpointError) { try files.fingerprint }
  }

  /// Encodes a prompt as it stands, together with the negative prompt when there is guidance.
  ///
  /// - Parameters:
  ///   - negativePrompt: what to steer away from; not used where ``hasPair(guidanceScale:)`` is false
  ///   - guidanceScale: see ``SamplingOptions/guidanceScale``.
  /// - Throws: `NotFiniteError` when the text encoder's numbers are useless.
  package func conditioning(
    for prompt: String, negativePrompt: String = "", guidanceScale: Double
  ) throws(NotFiniteError) -> Conditioning {
    try text(
      PromptReading(
        plain: prompt, negativePrompt: hasPair(guidanceScale: guidanceScale) ? negativePrompt : nil))
  }

  /// Reads a prompt, and the negative one of `options` where it has an effect, in their syntax.
  /// - Parameters:
  ///   - prompt: what the picture is to show
  ///   - options: how it will be sampled
  /// - Throws: ``PipelineError`` naming what of the syntax is not done here, or layers that the model does not have.
  public func read(
    _ prompt: String, _ options: SamplingOptions
  ) throws(PipelineError) -> PromptReading {
    guard (0...text.mostClipSkip).contains(options.clipSkip) else {
      throw .badClipSkip(options.clipSkip, most: text.mostClipSkip)
    }
    let negative = hasPair(guidanceScale: options.guidanceScale) ? options.negativePrompt : nil
    return try PromptReading(
      prompt, negativePrompt: negative, clipSkip: options.clipSkip, syntax: options.promptSyntax)
  }

  /// Encodes what was read.
  /// - Parameter reading: of ``read(_:_:)``
  /// - Throws: `NotFiniteError` when the text encoder's numbers are useless.
  public func conditioning(for reading: PromptReading) throws(NotFiniteError) -> Conditioning {
    try text(reading)
  }

  /// Whether prompt and negative prompt are evaluated together, as one batch; otherwise the negative prompt has no
  /// effect.
  package func hasPair(guidanceScale: Double) -> Bool {
    guidanceScale > 1 && unet.configuration.timeCondProjDim == nil
  }

  /// The words at the end of a prompt, or of a negative one, that are beyond what the model reads and so have no
  /// effect; nil when all fit.
  public func unread(_ prompt: String) -> String? { text.unread(prompt) }

  /// The steps from noise, or from a picture, to an image's latents.
  ///
  /// - Parameters:
  ///   - conditioning: of a prompt that was read with the same options
  ///   - picture: latents of the size that `options` say, for a picture to begin from, which is changed as much as
  ///     ``SamplingOptions/strength`` says; nil without such a strength
  ///   - seed: of the noise and, in a stream of its own, of token merging.
  ///   - options: how the image is sampled
  ///   - merging: nil for no merging.
  /// - Throws: ``PipelineError`` when `options` or `merging` ask for something impossible.
  public func denoise(
    _ conditioning: Conditioning, from picture: LatentDistribution? = nil, seed: UInt64,
    options: SamplingOptions, merging: MergingOptions?
  ) throws(PipelineError) -> DenoisingSequence {
    let (width, height, scheduler) = try checked(options, merging: merging)
    let factor = autoencoder.scaleFactor
    let shape: Shape = [1, height / factor, width / factor, autoencoder.latentChannels]
    let start: DenoisingStart
    if let strength = options.strength {
      guard let picture else { preconditionFailure("a strength without a picture to begin from") }
      precondition(
        picture.mean.shape == shape, "a picture's latents have shape \(picture.mean.shape), not \(shape)")
      start = .picture(picture, evaluation: try first(of: options.steps, strength, scheduler))
    } else {
      precondition(picture == nil, "a picture to begin from without a strength")
      start = .noise(shape)
    }
    return sequence(
      conditioning, start: start, scheduler, size: (width, height), seed: seed, options: options,
      merging: merging)
  }

  /// - Parameter size: of the image, in pixels
  func sequence(
    _ conditioning: Conditioning, start: DenoisingStart, _ scheduler: any Scheduler,
    size: (width: Int, height: Int), seed: UInt64, options: SamplingOptions, merging: MergingOptions?
  ) -> DenoisingSequence {
    var conditioning = conditioning
    conditioning.guidanceScale = options.guidanceScale
    if takesSizes {
      conditioning.sizes = MicroConditioning(options.framing, width: size.width, height: size.height)
    }
    // The scheduler was made of the same configuration, which would have failed.
    let prediction = try? self.scheduler.inPipeline(options.scheduler).predictionType()
    return DenoisingSequence(
      unet: unet, conditioning: conditioning, guidanceScale: options.guidanceScale, scheduler: scheduler,
      predicts: prediction ?? .epsilon, start: start, seed: seed, merging: merging, compute: options.compute)
  }

  /// A scheduler at the start of `steps` steps.
  func scheduler(_ options: SamplingOptions, steps: Int) throws(PipelineError) -> any Scheduler {
    try scheduler.inPipeline(options.scheduler).scheduler(steps: steps, eta: options.eta)
  }

  private func first(
    of steps: Int, _ strength: Double, _ scheduler: any Scheduler
  ) throws(PipelineError) -> Int {
    guard let first = scheduler.firstEvaluation(steps: steps, strength: strength) else {
      throw .noStepsLeft(strength, steps: steps)
    }
    return first
  }

  /// What makes latents of pictures; loaded anew each time.
  /// - Throws: `CheckpointError` when the checkpoint has no encoder, or one that is not as its configuration says.
  public func pictureEncoder() throws(CheckpointError) -> PictureEncoder {
    PictureEncoder(try AutoencoderClass.loadEncoder(files.component("vae")))
  }

  /// The picture of final (or, for a preview, intermediate) latents.
  /// - Parameter latents: `[1, height, width, channels]`
  /// - Throws: `NotFiniteError` when the decoder's numbers are useless.
  public func decode(_ latents: Tensor) throws(NotFiniteError) -> RGBImage {
    // The decoder's maps are larger than the UNet's and shaped otherwise: neither can use the other's memory.
    BufferPool.shared.drain()
    defer { BufferPool.shared.drain() }
    return RGBImage(decoded: try autoencoder.decode(latents).requireFinite(from: "VAE decoder"))
  }

  /// The checkpoint's own scheduler, as a user would ask for it; nil when its configuration says more than any name.
  public var schedulerKind: SchedulerKind? { scheduler.kind }

  /// What kind of model it is.
  public var family: ModelFamily {
    ModelFamily(pipeline, unet.configuration, predicts: try? scheduler.predictionType())
  }

  /// Pixels along each edge of a latent.
  public var scaleFactor: Int { autoencoder.scaleFactor }

  /// The size of the images the model was trained for, in pixels.
  public var defaultSize: (width: Int, height: Int) {
    unet.configuration.pictureSize(scaleFactor: scaleFactor)
  }

  /// The size in which a picture is begun from where no other is asked for: its own, without what exceeds a multiple of
  /// ``scaleFactor``, as diffusers' `VaeImageProcessor` has it.
  public func encodedSize(of picture: RGBImage) -> (width: Int, height: Int) {
    (picture.width - picture.width % scaleFactor, picture.height - picture.height % scaleFactor)
  }

  /// Whether the model is told of the picture's sizes, as SDXL is, see ``SamplingOptions/framing``.
  public var takesSizes: Bool { unet.configuration.textTime != nil }

  /// The grids of the tokens in the UNet's transformer blocks, finest first: what merging options are asked about, as by
  /// `MergingOptions.effectiveRatio(over:)`.
  ///
  /// - Parameters:
  ///   - width: of the image, in pixels
  ///   - height: of the image, in pixels
  public func attendingGrids(width: Int, height: Int) -> [TokenGrid] {
    unet.configuration.attendingGrids(latentWidth: width / scaleFactor, latentHeight: height / scaleFactor)
  }

  /// Checks everything about a request that can be checked without making the image.
  /// - Parameters:
  ///   - options: how the image is to be sampled
  ///   - merging: nil for no merging
  /// - Returns: the size of the image in pixels.
  /// - Throws: ``PipelineError`` naming the argument at fault.
  @discardableResult
  public func validate(
    _ options: SamplingOptions, merging: MergingOptions?
  ) throws(PipelineError) -> (width: Int, height: Int) {
    let request = try checked(options, merging: merging)
    return (request.width, request.height)
  }

  private func checked(
    _ options: SamplingOptions, merging: MergingOptions?
  ) throws(PipelineError) -> (width: Int, height: Int, scheduler: any Scheduler) {
    let (width, height) = (options.width ?? defaultSize.width, options.height ?? defaultSize.height)
    guard width > 0, height > 0, width % scaleFactor == 0, height % scaleFactor == 0 else {
      throw .badSize(width: width, height: height, factor: scaleFactor)
    }
    if let framing = options.framing {
      guard takesSizes else { throw .noSizes }
      guard framing.isPossible else { throw .badFraming(framing) }
    }
    guard options.guidanceScale.isFinite, options.guidanceScale >= 0 else {
      throw .badGuidanceScale(options.guidanceScale)
    }
    do throws(MergingError) {
      try merging?.validate()
    } catch {
      throw .badMerging(error)
    }
    // The negative prompt is there before any other.
    _ = try read("", options)
    let scheduler = try scheduler(options, steps: options.steps)
    if let strength = options.strength {
      guard pipeline != .latentConsistency else { throw .noImageToImage }
      guard strength > 0, strength <= 1 else { throw .badStrength(strength) }
      _ = try first(of: options.steps, strength, scheduler)
      guard options.hires == nil else { throw .secondPassOfPicture }
    }
    if let hires = options.hires { _ = try secondPass(hires, options) }
    return (width, height, scheduler)
  }
}
