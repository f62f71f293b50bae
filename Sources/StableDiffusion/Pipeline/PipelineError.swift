public import Checkpoints
public import TokenMerging

/// What can be wrong with a request for an image, or with the checkpoint that it meets.
public enum PipelineError: Error, Equatable, CustomStringConvertible {
  /// As many steps as the scheduler cannot take.
  case badSteps(Int, reason: String)
  /// A guidance scale that is no number of at least 0.
  case badGuidanceScale(Double)
  /// An eta that the scheduler does not have.
  case badEta(Double, reason: String)
  /// A size in pixels that is no multiple of the model's factor.
  case badSize(width: Int, height: Int, factor: Int)
  /// The model is not told of original sizes and crops.
  case noSizes
  /// Sizes or crops that no photograph has.
  case badFraming(MicroConditioning.Framing)
  /// An argument of token merging that is out of its range.
  case badMerging(MergingError)
  /// A strength that is not above 0 and at most 1.
  case badStrength(Double)
  /// A strength whose share of the steps is less than one.
  case noStepsLeft(Double, steps: Int)
  /// The model's pipeline has no counterpart here that begins from a picture.
  case noImageToImage
  /// A second pass over a picture that is begun from another.
  case secondPassOfPicture
  /// More of the text encoder's layers left out than it has.
  case badClipSkip(Int, most: Int)
  /// What is wrong with the prompt.
  case badPrompt(PromptError)
  /// What is wrong with the negative prompt.
  case badNegativePrompt(PromptError)
  /// What is wrong with the checkpoint's own scheduler.
  case checkpoint(CheckpointError)

  /// One sentence for people.
  public var description: String {
    switch self {
    case .badSteps(let steps, let reason):
      "\(steps) steps are not possible: \(reason)"
    case .badGuidanceScale(let scale):
      "guidance scale \(scale) is not possible; it must be a number of at least 0"
    case .badEta(let eta, let reason):
      "eta \(eta) is not possible: \(reason)"
    case .badSize(let width, let height, let factor):
      "size \(width)x\(height) is not possible: this model needs multiples of \(factor); the nearest is "
        + "\(Self.nearest(width, factor))x\(Self.nearest(height, factor))"
    case .noSizes:
      "this model is not told of a picture's original size and crop, only those of the Stable Diffusion XL family "
        + "are; leave them out"
    case .badFraming(let framing):
      "an original size of \(framing.originalWidth)x\(framing.originalHeight) with a crop at "
        + "\(framing.cropLeft),\(framing.cropTop) is not possible: sides are 1 to 1000000 pixels, and crops 0 to 1000000"
    case .badStrength(let strength):
      "strength \(strength) is not possible; it must be above 0, and at most 1"
    case .noStepsLeft(let strength, let steps):
      "a strength of \(strength) leaves no step of \(steps): that share of them is less than one; take more steps, or a "
        + "strength of at least \(1 / Double(steps))"
    case .noImageToImage:
      "this model takes the guidance scale as an input (LatentConsistencyModelPipeline), and begins from noise only here"
    case .secondPassOfPicture:
      "a second pass follows one from noise; a picture that is begun from another is made in its own size at once"
    case .badMerging(let error):
      error.description
    case .badClipSkip(let skip, let most):
      "clip skip \(skip) is not possible: of this model's text encoder 0 to \(most) layers can be left out"
    case .badPrompt(let error):
      "the prompt \(error)"
    case .badNegativePrompt(let error):
      "the negative prompt \(error)"
    case .checkpoint(let error):
      error.description
    }
  }

  private static func nearest(_ extent: Int, _ factor: Int) -> Int {
    max((extent + factor / 2) / factor, 1) * factor
  }
}
