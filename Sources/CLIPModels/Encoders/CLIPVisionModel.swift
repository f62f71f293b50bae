import Checkpoints
import Layers
package import Tensors

/// CLIP's vision transformer: patches and a class token in, the class token out
/// (Dosovitskiy et al. 2021 with a layer norm in front; transformers' `CLIPVisionModel`).
package struct CLIPVisionModel: Sendable {
  package let configuration: CLIPVisionConfiguration
  private let patchEmbedding: Convolution
  private let classEmbedding: Tensor
  private let positionEmbedding: Tensor
  private let preLayerNorm: LayerNorm
  private let encoder: CLIPEncoder
  private let postLayerNorm: LayerNorm

  init(_ weights: Weights, _ configuration: CLIPVisionConfiguration) throws(CheckpointError) {
    self.configuration = configuration
    let (shape, embeddings) = (configuration.encoder, weights.embeddings)
    let (width, patch) = (shape.hiddenSize, configuration.patchSize)
    let grid = configuration.imageSize / patch
    patchEmbedding = try Convolution(
      embeddings.patch_embedding, configuration.channels, width, kernel: patch, stride: patch, padding: 0,
      bias: false)
    classEmbedding = try embeddings.tensor("class_embedding", [width]).reshaped([1, width])
    positionEmbedding = try embeddings.position_embedding.tensor("weight", [grid * grid + 1, width])
    // Spelled so in every checkpoint.
    preLayerNorm = try LayerNorm(weights.pre_layrnorm, width, epsilon: shape.layerNormEpsilon)
    encoder = try CLIPEncoder(weights.encoder, shape)
    postLayerNorm = try LayerNorm(weights.post_layernorm, width, epsilon: shape.layerNormEpsilon)
  }

  /// - Parameter pixels: `[batch, height, width, 3]`, preprocessed, of the configured size.
  /// - Returns: the last hidden state `[batch, 1 + patches, width]` and its class token
  ///   after the final layer norm, `[batch, width]`.
  package func callAsFunction(_ pixels: Tensor) -> (lastHiddenState: Tensor, pooled: Tensor) {
    let size = configuration.imageSize
    precondition(
      pixels.shape.rank == 4 && pixels.shape[1] == size && pixels.shape[2] == size,
      "pictures \(pixels.shape), the model takes \(size)x\(size)")
    let patches = patchEmbedding(pixels)
    let (batch, width) = (patches.shape[0], patches.shape[3])
    let count = patches.shape[1] * patches.shape[2]
    let rows = patches.reshaped([batch * count, width])
    let embedded = Tensor.concatenating(
      (0..<batch).map { index in
        .concatenating([classEmbedding, rows.slice(index * count..<(index + 1) * count)]) + positionEmbedding
      })
    let hidden = encoder(preLayerNorm(embedded.reshaped([batch, count + 1, width])), causal: false)
    return (hidden, postLayerNorm(hidden.tokens(at: Array(repeating: 0, count: batch))))
  }
}
