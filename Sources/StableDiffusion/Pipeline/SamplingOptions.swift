public import SamplerNames
public import Tensors

/// How an image is sampled, apart from its prompt, its seed and token merging.
public struct SamplingOptions: Sendable, Hashable, Codable {
  /// Denoising steps; PNDM takes one model evaluation more, Heun, KDPM2 and DPM-Solver SDE two a step but for
  /// the last.
  public var steps: Int
  /// Weight of the prompt against the negative prompt (Ho and Salimans 2022); up to 1
  /// the negative prompt is not evaluated at all, nor ever by models that take the scale itself as an input.
  public var guidanceScale: Double
  /// What to steer away from.
  public var negativePrompt: String
  /// Pixels, a multiple of ``DiffusionPipeline/scaleFactor``; nil is the size the model was trained for.
  public var width: Int?
  /// Pixels, a multiple of ``DiffusionPipeline/scaleFactor``; nil is the size the model was trained for.
  public var height: Int?
  /// For SDXL; nil is a photograph of the picture's size that nothing was cut off.
  public var framing: MicroConditioning.Framing?
  /// Nil is the checkpoint's own.
  public var scheduler: SchedulerKind?
  /// How much fresh noise DDIM draws (its η: 0 none, 1 as much as DDPM) and TCD (its γ); 0 with any other scheduler.
  public var eta: Double
  /// How attention is computed.
  public var attention: AttentionKernel
  /// Of the UNet; text encoder and autoencoder compute in fp32.
  public var precision: Precision
  /// How many of the text encoder's last layers are left out, as diffusers counts them: 0 none, 1 takes what goes into
  /// the last one. Of SDXL, whose encoders leave the last one out anyway, so many more.
  public var clipSkip: Int
  /// What brackets and colons in prompts mean.
  public var promptSyntax: PromptSyntax
  /// How much of a picture that the image begins from is replaced: 1 nearly all of it, near 0 next to nothing. As many
  /// steps are taken as that share of ``steps``, rounded down. Nil where the image begins from noise.
  public var strength: Double?
  /// Nil without a second pass.
  public var hires: HiresOptions?

  /// Every option has a default; ``DiffusionPipeline/defaults`` has a checkpoint's own.
  public init(
    steps: Int = 20, guidanceScale: Double = 7.5, negativePrompt: String = "", width: Int? = nil,
    height: Int? = nil, framing: MicroConditioning.Framing? = nil, scheduler: SchedulerKind? = nil,
    eta: Double = 0, attention: AttentionKernel = .tiled, precision: Precision = .fp32, clipSkip: Int = 0,
    promptSyntax: PromptSyntax = .plain, strength: Double? = nil,
    hires: HiresOptions? = nil
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
    self.strength = strength
    self.hires = hires
  }

  var compute: ComputeOptions { ComputeOptions(attention: attention, precision: precision) }
}
