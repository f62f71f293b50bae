public import Checkpoints
public import SamplerNames
public import Tensors

/// How an image is sampled, apart from its prompt, its seed and token merging.
public struct SamplingOptions: Sendable, Hashable, Codable {
  /// Denoising steps; PNDM takes one model evaluation more, Heun and KDPM2 two a step but for the last.
  public var steps: Int
  /// Weight of the prompt against the negative prompt (Ho and Salimans 2022); up to 1
  /// the negative prompt is not evaluated at all.
  public var guidanceScale: Double
  public var negativePrompt: String
  /// Pixels; nil is the size the model was trained for.
  public var width: Int?
  public var height: Int?
  /// Nil is the checkpoint's own.
  public var scheduler: SchedulerKind?
  /// How much fresh noise DDIM draws (its η: 0 none, 1 as much as DDPM) and TCD (its γ); 0 with any other scheduler.
  public var eta: Double
  public var attention: AttentionKernel
  /// Of the UNet; text encoder and autoencoder compute in fp32.
  public var precision: Precision

  public init(
    steps: Int = 20, guidanceScale: Double = 7.5, negativePrompt: String = "", width: Int? = nil,
    height: Int? = nil, scheduler: SchedulerKind? = nil, eta: Double = 0, attention: AttentionKernel = .tiled,
    precision: Precision = .fp32
  ) {
    self.steps = steps
    self.guidanceScale = guidanceScale
    self.negativePrompt = negativePrompt
    self.width = width
    self.height = height
    self.scheduler = scheduler
    self.eta = eta
    self.attention = attention
    self.precision = precision
  }

  var compute: ComputeOptions { ComputeOptions(attention: attention, precision: precision) }
}

/// What a model folder's optional `tome-eval.json` says about the model.
public struct PipelineDefaults: Sendable, Hashable {
  public let name: String?
  /// A sentence for people, such as where the model comes from.
  public let note: String?
  let guidanceScale: Double?
  let steps: Int?

  /// - Parameter files: the model's folder
  /// - Throws: ``CheckpointError`` naming the field at fault.
  public init(_ files: any ModelFiles) throws(CheckpointError) {
    let file = "tome-eval.json"
    guard files.has(file) else {
      (name, note, guidanceScale, steps) = (nil, nil, nil, nil)
      return
    }
    let fields = try files.fields(of: file)
    name = try fields.text("name")
    note = try fields.text("note")
    guidanceScale = try fields.number("guidance_scale", Quantity("a guidance scale", 0...1e6))
    steps = try fields.whole("steps", Quantity("steps", 1...100_000))
    try fields.requireAllKnown(withoutEffect: [])
  }

  /// The options an image is sampled with when nothing else is asked for.
  public var options: SamplingOptions {
    let general = SamplingOptions()
    return SamplingOptions(
      steps: steps ?? general.steps, guidanceScale: guidanceScale ?? general.guidanceScale)
  }
}
