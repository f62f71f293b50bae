public import Tensors
public import TokenMerging

/// The way from noise, or from a picture under noise, to an image's latents, one element a step: iterate for progress,
/// stop iterating to cancel, decode any element's latents for a preview.
public struct DenoisingSequence: Sequence, IteratorProtocol, Sendable {
  /// What an evaluation of the model led to.
  public struct Step: Sendable {
    /// 0 is the first step.
    public let index: Int
    /// What the model was told; may be fractional.
    public let timestep: Double
    /// The latents after the step, `[1, height, width, channels]`.
    public let latents: Tensor
    /// Wall-clock time of the step, in seconds.
    public let seconds: Double
    /// Why the latents are no longer finite numbers; nil while they are.
    public let fault: DenoisingFault?
    /// What token merging did up to and including this step, nil without merging.
    public let merging: MergingStatistics?
    /// Where the tokens went in every block that merges (`MergingSession.maps` of TokenMerging); empty unless tapped.
    public let maps: [MergeMap]
    /// The picture's latents as the model predicts them at the step, after guidance, `[1, height, width, channels]`, and
    /// before any limit that the scheduler has for them; nil unless tapped.
    public let original: Tensor?
  }

  /// What its steps show.
  public var taps = DenoisingTaps()

  private let unet: UNet2DConditionModel
  private var texts: TextProjections
  private let guidance: Guidance
  private let compute: ComputeOptions
  private var scheduler: any Scheduler
  private let prediction: PredictionType
  private var generator: TorchGenerator
  private var merging: MergingSession?
  private var latents: Tensor
  /// Of the scheduler's timesteps, the first that is visited.
  private let first: Int
  private var index = 0

  init(
    unet: UNet2DConditionModel, conditioning: Conditioning, guidanceScale: Double, scheduler: any Scheduler,
    predicts prediction: PredictionType, start: DenoisingStart, seed: UInt64, merging: MergingOptions?,
    compute: ComputeOptions
  ) {
    self.unet = unet
    texts = TextProjections(conditioning)
    guidance = Guidance(scale: guidanceScale, of: conditioning)
    self.compute = compute
    self.scheduler = scheduler
    self.prediction = prediction
    self.merging = merging.map { MergingSession(options: $0, seed: seed) }
    var generator = TorchGenerator(seed: seed)
    first = start.evaluation
    latents = start.latents(scheduler, from: &generator)
    self.generator = generator
  }

  /// Model evaluations from beginning to end.
  public var stepCount: Int { scheduler.timesteps.count - first }
  /// Those of them that merge tokens, where any do.
  public var mergingSteps: Range<Int>? { merging?.options.steps.indices(of: stepCount) }
  /// Model evaluations that are left.
  public var underestimatedCount: Int { stepCount - index }

  /// Evaluates the model once more; nil at the end.
  public mutating func next() -> Step? {
    guard index < stepCount else { return nil }
    let start = ContinuousClock.now
    let place = first + index
    let timestep = scheduler.timesteps[place]
    let count = stepCount
    merging?.begin(evaluation: index, of: count, mapped: taps.maps.contains(index))
    let input = TimeSplit.measure(.sampling) { scheduler.scaleModelInput(latents, at: place) }
    let prediction = unet(
      input, timestep: timestep, texts: &texts, merging: &merging, compute: compute)
    let (guided, original) = TimeSplit.measure(.sampling) {
      let guided = guidance.guided(prediction)
      let original =
        taps.originals.contains(index)
        ? scheduler.original(guided, at: place, sample: latents, predicts: self.prediction) : nil
      latents = scheduler.step(guided, at: place, sample: latents, generator: &generator)
      return (guided, original)
    }
    defer { index += 1 }
    return Step(
      index: index, timestep: timestep, latents: latents,
      seconds: (ContinuousClock.now - start) / .seconds(1),
      fault: latents.isFinite ? nil : fault(prediction: prediction, guided: guided),
      merging: merging?.statistics, maps: merging?.maps ?? [], original: original)
  }

  /// Who made latents of numbers that are not finite: guidance, unless it had no part in it.
  private func fault(prediction: Tensor, guided: Tensor) -> DenoisingFault {
    guard prediction.isFinite else {
      return guidance.isOn && index > 0 ? .guidance : .part(NotFiniteError(part: "UNet"))
    }
    return guided.isFinite ? .part(NotFiniteError(part: "scheduler")) : .guidance
  }
}

/// Why latents are not finite numbers.
public enum DenoisingFault: Sendable, Equatable {
  /// A part of the model gave such values to begin with.
  case part(NotFiniteError)
  /// The guidance scale took them out of range.
  case guidance
}
