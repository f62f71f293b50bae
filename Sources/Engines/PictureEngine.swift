public import Images
public import Machine
public import Pictures
public import ResultStore
public import TokenMerging

/// Makes pictures: this program's own pipeline, or another program's.
///
/// A request that comes back from a store is made by the same words as one that a user asks for: whatever turns names
/// into an engine's own settings is inside of the engine.
public protocol PictureEngine: Sendable {
  var identity: EngineIdentity { get }
  /// What it makes pictures with.
  var model: ModelIdentity { get }

  /// Settles what a user left open.
  /// - Throws: ``EngineError`` naming what the engine cannot do.
  func resolve(_ wish: SamplingWish) throws(EngineError) -> Sampling

  /// Checks all of a recipe that can be checked without making a picture.
  /// - Throws: ``EngineError`` naming what the engine cannot do.
  func validate(_ recipe: PictureRecipe) throws(EngineError)

  /// Checks a prompt as far as can be without making a picture.
  /// - Throws: ``EngineError`` naming what of its syntax the engine cannot do.
  func check(prompt: String, sampling: Sampling) throws(EngineError)

  /// The grids of tokens in the transformer blocks of a model that draws so, which decide how much a ratio can merge.
  func attendingGrids(_ sampling: Sampling) -> [TokenGrid]

  /// Whether the model evaluates prompt and negative prompt together, as one batch: what token merging's random numbers
  /// depend on.
  func hasPair(_ sampling: Sampling) -> Bool

  /// What is done once before the first picture that a process makes, so that this one takes no longer than the
  /// others, in words; nil for nothing.
  var warmUp: String? { get }

  /// Does it.
  /// - Parameter requests: without merging and with, as far as both are to come
  /// - Throws: `CancellationError` when asked to stop, or ``EngineError``, which such a picture then has as well.
  func warmUp(for requests: [PictureRequest], _ observer: PictureObserver) throws

  /// Gets ready for pictures of one prompt, however many recipes and seeds follow.
  /// - Parameter sampling: what all of them share; their steps and schedulers may differ
  /// - Throws: ``EngineError``
  func begin(prompt: String, sampling: Sampling) throws(EngineError) -> any EnginePrompt
}

extension PictureEngine {
  public var warmUp: String? { nil }

  public func check(prompt: String, sampling: Sampling) throws(EngineError) {}

  public func warmUp(for requests: [PictureRequest], _ observer: PictureObserver) throws {}

  /// As guidance has it, unless the model was distilled.
  public func hasPair(_ sampling: Sampling) -> Bool { (sampling.guidanceScale ?? 0) > 1 }

  /// Of one that does not tell: blocks at the latents' own resolution, as Stable Diffusion 1.x and 2.x have them.
  public func attendingGrids(_ sampling: Sampling) -> [TokenGrid] {
    [TokenGrid(width: (sampling.width + 7) / 8, height: (sampling.height + 7) / 8, downsample: 1, blocks: 1)]
  }
}

/// A prompt that an engine is ready to make pictures of.
public protocol EnginePrompt {
  /// What of the prompt and the negative prompt is beyond what the model reads.
  var unread: [UnreadText] { get }

  /// - Throws: `CancellationError` when asked to stop, or ``EngineError``: what is wrong with this picture alone.
  func picture(_ request: PictureRequest, _ observer: PictureObserver) throws -> MadePicture
}

/// How a picture should be sampled, with what the user left open as nil.
public struct SamplingWish: Sendable, Hashable {
  public var steps: Int?
  public var guidanceScale: Double?
  public var negativePrompt: String
  /// Pixels.
  public var size: (width: Int, height: Int)? {
    get { width.flatMap { width in height.map { (width, $0) } } }
    set { (width, height) = (newValue?.width, newValue?.height) }
  }
  /// Of the photograph that the picture would come from, in pixels, see `Framing`.
  public var originalSize: (width: Int, height: Int)? {
    get { originalWidth.flatMap { width in originalHeight.map { (width, $0) } } }
    set { (originalWidth, originalHeight) = (newValue?.width, newValue?.height) }
  }
  /// What is cut off that photograph, in pixels.
  public var crop: (left: Int, top: Int)? {
    get { cropLeft.flatMap { left in cropTop.map { (left, $0) } } }
    set { (cropLeft, cropTop) = (newValue?.left, newValue?.top) }
  }
  public var scheduler: SchedulerName?
  /// See ``Sampling/eta``.
  public var eta: Double
  public var attention: AttentionName?
  public var precision: PrecisionName?
  /// See ``Sampling/clipSkip``; 0 and nil are none.
  public var clipSkip: Int?
  public var promptSyntax: PromptSyntaxName
  /// What to begin from instead of noise alone; the engine must have its pixels.
  public var initImage: InitImage?
  /// Nil without a second pass.
  public var hires: HiresWish?
  private var width: Int?
  private var height: Int?
  private var originalWidth: Int?
  private var originalHeight: Int?
  private var cropLeft: Int?
  private var cropTop: Int?

  public init(
    steps: Int? = nil, guidanceScale: Double? = nil, negativePrompt: String = "",
    size: (width: Int, height: Int)? = nil, originalSize: (width: Int, height: Int)? = nil,
    crop: (left: Int, top: Int)? = nil, scheduler: SchedulerName? = nil, eta: Double = 0,
    attention: AttentionName? = nil, precision: PrecisionName? = nil, clipSkip: Int? = nil,
    promptSyntax: PromptSyntaxName = .plain, initImage: InitImage? = nil,
    hires: HiresWish? = nil
  ) {
    self.steps = steps
    self.guidanceScale = guidanceScale
    self.negativePrompt = negativePrompt
    self.scheduler = scheduler
    self.eta = eta
    self.attention = attention
    self.precision = precision
    self.clipSkip = clipSkip
    self.promptSyntax = promptSyntax
    self.initImage = initImage
    self.hires = hires
    self.size = size
    self.originalSize = originalSize
    self.crop = crop
  }
}

/// A second pass as it is asked for, see `HiresPass`.
public struct HiresWish: Sendable, Hashable {
  public var scale: Double
  /// Nil for as many as the first pass has.
  public var steps: Int?
  public var strength: Double
  public var upscaler: UpscalerName

  public init(scale: Double, steps: Int? = nil, strength: Double, upscaler: UpscalerName = .latent) {
    self.scale = scale
    self.steps = steps
    self.strength = strength
    self.upscaler = upscaler
  }

  /// The pass over a picture of that size.
  /// - Parameter factor: pixels along each edge of a latent
  func pass(width: Int, height: Int, multipleOf factor: Int) -> HiresPass {
    func side(_ side: Int) -> Int { Int(Double(side) * scale) / factor * factor }
    return HiresPass(
      scale: scale, width: side(width), height: side(height), steps: steps, strength: strength,
      upscaler: upscaler)
  }
}

/// Who wants to know how far a picture is, and may stop it.
public struct PictureObserver {
  public let cancellation: Cancellation
  /// Told the number of steps done, and of all: the evaluations of the model, which some schedulers take more of than
  /// they were asked for.
  public let didStep: (Int, Int) -> Void
  /// What of the making is to be kept, which changes no bit of the picture; nil for nothing. Only this program's own
  /// pipeline can.
  public let explains: ExplanationWish?

  public init(
    _ cancellation: Cancellation = Cancellation(), explains: ExplanationWish? = nil,
    didStep: @escaping (Int, Int) -> Void = { _, _ in }
  ) {
    self.cancellation = cancellation
    self.explains = explains
    self.didStep = didStep
  }
}

/// One picture and what it cost to make it, as far as its engine tells.
public struct MadePicture: Sendable {
  public var image: RGBImage
  /// SHA-256 of the latents' fp32 values before the decoder.
  public var latentsHash: String?
  /// From the first step to the picture, the text encoder included.
  public var seconds: Double
  /// Median over the steps, of the first pass where there are two.
  public var secondsPerStep: Double?
  /// Where ``seconds`` went, nothing being written yet.
  public var stages: StageSeconds?
  /// Of the first pass where there are two.
  public var stepSeconds: [Double] = []
  public var hiresStepSeconds: [Double] = []
  /// Highest resident memory while the picture was made.
  public var peakMemoryBytes: Int?
  /// Over all blocks that merge, of the first pass, or of the second where only that merges; nil without merging.
  public var mergeStatistics: MergeStatistics?
  /// By the block's place in the UNet.
  public var blockStatistics: [String: MergeStatistics] = [:]
  /// What was to be kept of its making.
  public var explanation: Explanation?
}

extension MadePicture {
  /// By an engine that tells nothing else.
  package init(image: RGBImage, seconds: Double) {
    self.init(image: image, latentsHash: nil, seconds: seconds)
  }
}
