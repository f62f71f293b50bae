public import Tensors

/// An encoded prompt, ready to steer any number of images.
public struct Conditioning: Sendable {
  /// `[2, tokens, width]`, negative prompt first, or `[1, tokens, width]` without guidance.
  public let embeddings: Tensor
  /// Weight of the prompt against the negative prompt.
  public let guidanceScale: Double
  /// Whether the prompt or the negative prompt was longer than the text encoder takes,
  /// so that its end has no effect.
  public let isTruncated: Bool

  /// Whether prompt and negative prompt are evaluated together, as one batch.
  public var isGuided: Bool { embeddings.shape[0] == 2 }

  /// The latents once for each of ``embeddings``.
  func batch(_ latents: Tensor) -> Tensor {
    isGuided ? .concatenating([latents, latents]) : latents
  }

  /// Classifier-free guidance (Ho and Salimans 2022): away from the prediction for the
  /// negative prompt, `uncond + scale · (cond - uncond)`.
  ///
  /// - Parameter prediction: the model's output for ``batch(_:)``
  func guided(_ prediction: Tensor) -> Tensor {
    guard isGuided else { return prediction }
    return .linearCombination([
      (1 - guidanceScale, prediction.slice(0..<1)), (guidanceScale, prediction.slice(1..<2)),
    ])
  }
}
