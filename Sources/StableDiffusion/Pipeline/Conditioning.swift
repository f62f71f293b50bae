package import Tensors

/// What steers the UNet beside the latents and the timestep: encoded texts, good for any number of images, and for
/// models that were trained with them the guidance scale and the picture's sizes. Made by
/// ``DiffusionPipeline/conditioning(for:)``.
public struct Conditioning: Sendable {
  /// `[batch, tokens, width]`; of an image with guidance the negative prompt's come first, then the prompt's.
  package let hiddenStates: Tensor
  /// Of each text one vector, `[batch, width]`: SDXL's.
  package let pooled: Tensor?
  /// SDXL's.
  package var sizes: MicroConditioning?
  /// For models that take it as an input, see ``SamplingOptions/guidanceScale``.
  package var guidanceScale: Double?
  /// Whether a text was longer than the text encoder takes, so that its end has no effect.
  public let isTruncated: Bool

  package init(
    hiddenStates: Tensor, pooled: Tensor? = nil, sizes: MicroConditioning? = nil,
    guidanceScale: Double? = nil, isTruncated: Bool = false
  ) {
    self.hiddenStates = hiddenStates
    self.pooled = pooled
    self.sizes = sizes
    self.guidanceScale = guidanceScale
    self.isTruncated = isTruncated
  }
}

/// Classifier-free guidance (Ho and Salimans 2022) of one image.
struct Guidance: Sendable {
  /// Weight of the prompt against the negative prompt.
  let scale: Double
  /// Whether prompt and negative prompt are evaluated together, as one batch.
  let isOn: Bool

  init(scale: Double, of conditioning: Conditioning) {
    self.scale = scale
    isOn = conditioning.hiddenStates.shape[0] == 2
  }

  /// Away from the prediction for the negative prompt: `uncond + scale · (cond - uncond)`.
  ///
  /// - Parameter prediction: the model's output, for the negative prompt first
  func guided(_ prediction: Tensor) -> Tensor {
    guard isOn else { return prediction }
    return .linearCombination([
      (1 - scale, prediction.slice(0..<1)), (scale, prediction.slice(1..<2)),
    ])
  }
}
