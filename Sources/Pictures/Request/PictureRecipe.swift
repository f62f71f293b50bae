public import TokenMerging

/// How a picture is sampled, apart from its model, its prompt, its seed and token merging.
public struct Sampling: Hashable, Sendable {
  /// Denoising steps; nil where a picture that was made elsewhere does not say.
  public var steps: Int?
  /// Weight of the prompt against the negative prompt; nil as for ``steps``.
  public var guidanceScale: Double?
  public var negativePrompt: String
  /// Pixels.
  public var width: Int
  public var height: Int
  /// Nil where the picture is all of its photograph, in its size, and for models that are not told.
  public var framing: Framing?
  public var scheduler: SchedulerName
  /// How much fresh noise DDIM and TCD draw, from 0 to 1; the other schedulers know no such thing.
  public var eta: Double
  public var attention: AttentionName
  public var precision: PrecisionName
  /// How many of the text encoder's last layers are left out, as diffusers counts them; nil for none.
  public var clipSkip: Int?
  public var promptSyntax: PromptSyntaxName
  /// Nil where the picture is begun from noise.
  public var initImage: InitImage?
  /// Nil without a second pass.
  public var hires: HiresPass?

  public init(
    steps: Int?, guidanceScale: Double?, negativePrompt: String = "", width: Int, height: Int,
    framing: Framing? = nil, scheduler: SchedulerName, eta: Double = 0, attention: AttentionName = "tiled",
    precision: PrecisionName = .fp32, clipSkip: Int? = nil, promptSyntax: PromptSyntaxName = .plain,
    initImage: InitImage? = nil, hires: HiresPass? = nil
  ) {
    self.steps = steps
    self.guidanceScale = guidanceScale
    self.negativePrompt = negativePrompt
    self.width = width
    self.height = height
    self.framing = framing
    self.scheduler = scheduler
    self.eta = eta
    self.attention = attention
    self.precision = precision
    self.clipSkip = clipSkip
    self.promptSyntax = promptSyntax
    self.initImage = initImage
    self.hires = hires
  }
}

/// How a picture is made, whatever it shows: a ``PictureRequest`` without its prompt and its seed. The variants of a
/// run are recipes.
public struct PictureRecipe: Hashable, Sendable {
  /// Which version of the program's pictures it means: raised when a change to the program changes them.
  private(set) var version = 2
  public var model: ModelReference
  public var sampling: Sampling
  /// Nil for no merging at all.
  public var merging: MergingOptions?
  /// Of the second pass; nil for no merging there, and without one.
  public var hiresMerging: MergingOptions?

  public init(
    model: ModelReference, sampling: Sampling, merging: MergingOptions? = nil,
    hiresMerging: MergingOptions? = nil
  ) {
    self.model = model
    self.sampling = sampling
    self.merging = merging
    self.hiresMerging = hiresMerging
  }

  /// The share of the tokens that it asks to merge, in the first pass where it has two; 0 without merging.
  public var ratio: Double { merging?.ratio ?? 0 }

  /// The same for equal recipes, and for no others.
  public var key: String {
    var unnamed = self
    unnamed.model = model.unnamed
    return contentHash(of: unnamed)
  }
}

// Requests and recipes are written as one flat object. Keys of pictures are hashes of it: what is added to a request
// is left out where it has the value that every picture had before.

extension Sampling: Codable {
  private enum CodingKeys: String, CodingKey {
    case steps, guidanceScale, negativePrompt, width, height, framing, scheduler, eta, attention
    case precision = "dtype"
    case clipSkip, promptSyntax, initImage, hires
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    steps = try fields.decodeIfPresent(Int.self, forKey: .steps)
    guidanceScale = try fields.decodeIfPresent(Double.self, forKey: .guidanceScale)
    negativePrompt = try fields.decode(String.self, forKey: .negativePrompt)
    width = try fields.decode(Int.self, forKey: .width)
    height = try fields.decode(Int.self, forKey: .height)
    framing = try fields.decodeIfPresent(Framing.self, forKey: .framing)
    scheduler = try fields.decode(SchedulerName.self, forKey: .scheduler)
    eta = try fields.decodeIfPresent(Double.self, forKey: .eta) ?? 0
    attention = try fields.decode(AttentionName.self, forKey: .attention)
    precision = try fields.decode(PrecisionName.self, forKey: .precision)
    clipSkip = try fields.decodeIfPresent(Int.self, forKey: .clipSkip)
    promptSyntax = try fields.decodeIfPresent(PromptSyntaxName.self, forKey: .promptSyntax) ?? .plain
    initImage = try fields.decodeIfPresent(InitImage.self, forKey: .initImage)
    hires = try fields.decodeIfPresent(HiresPass.self, forKey: .hires)
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encodeIfPresent(steps, forKey: .steps)
    try fields.encodeIfPresent(guidanceScale, forKey: .guidanceScale)
    try fields.encode(negativePrompt, forKey: .negativePrompt)
    try fields.encode(width, forKey: .width)
    try fields.encode(height, forKey: .height)
    try fields.encodeIfPresent(framing, forKey: .framing)
    try fields.encode(scheduler, forKey: .scheduler)
    if eta != 0 { try fields.encode(eta, forKey: .eta) }
    try fields.encode(attention, forKey: .attention)
    try fields.encode(precision, forKey: .precision)
    try fields.encodeIfPresent(clipSkip, forKey: .clipSkip)
    if promptSyntax != .plain { try fields.encode(promptSyntax, forKey: .promptSyntax) }
    try fields.encodeIfPresent(initImage, forKey: .initImage)
    try fields.encodeIfPresent(hires, forKey: .hires)
  }
}

extension PictureRecipe: Codable {
  private enum CodingKeys: CodingKey { case version, merging, hiresMerging }

  /// - Throws: `DecodingError`
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    version = try fields.decode(Int.self, forKey: .version)
    model = try ModelReference(from: decoder)
    sampling = try Sampling(from: decoder)
    merging = try fields.decodeIfPresent(MergingOptions.self, forKey: .merging)
    hiresMerging = try fields.decodeIfPresent(MergingOptions.self, forKey: .hiresMerging)
  }

  public func encode(to encoder: any Encoder) throws {
    try model.encode(to: encoder)
    try sampling.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(version, forKey: .version)
    try fields.encodeIfPresent(merging, forKey: .merging)
    try fields.encodeIfPresent(hiresMerging, forKey: .hiresMerging)
  }
}
