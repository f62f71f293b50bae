import Checkpoints
import Layers
import Tensors

/// The transformer of both CLIP towers: pre-norm attention and MLP, each with a residual.
struct CLIPEncoder: Sendable {
  private let layers: [CLIPEncoderLayer]

  init(_ weights: Weights, _ configuration: CLIPEncoderConfiguration) throws(CheckpointError) {
    var layers: [CLIPEncoderLayer] = []
    for index in 0..<configuration.hiddenLayers {
      layers.append(try CLIPEncoderLayer(weights.layers[index], configuration))
    }
    self.layers = layers
  }

  /// - Parameter causal: whether a position sees only itself and those before it.
  /// - Returns: what comes out of the last layer, of the shape of `x`, `[batch, tokens, width]`
  func callAsFunction(_ x: Tensor, causal: Bool) -> Tensor {
    layers.reduce(x) { state, layer in layer(state, causal: causal) }
  }

  /// `x` and what comes out of every layer, all of its shape.
  func hiddenStates(_ x: Tensor, causal: Bool) -> [Tensor] {
    layers.reduce(into: [x]) { states, layer in
      states.append(layer(states[states.count - 1], causal: causal))
    }
  }
}

private struct CLIPEncoderLayer: Sendable {
  private let layerNorm1: LayerNorm
  private let attention: CLIPAttention
  private let layerNorm2: LayerNorm
  private let mlp: CLIPMLP

  init(_ weights: Weights, _ configuration: CLIPEncoderConfiguration) throws(CheckpointError) {
    let (width, epsilon) = (configuration.hiddenSize, configuration.layerNormEpsilon)
    layerNorm1 = try LayerNorm(weights.layer_norm1, width, epsilon: epsilon)
    attention = try CLIPAttention(weights.self_attn, width, heads: configuration.attentionHeads)
    layerNorm2 = try LayerNorm(weights.layer_norm2, width, epsilon: epsilon)
    mlp = try CLIPMLP(weights.mlp, configuration)
  }

  func callAsFunction(_ x: Tensor, causal: Bool) -> Tensor {
    let x = attention(layerNorm1(x), causal: causal, adding: x)
    return mlp(layerNorm2(x), adding: x)
  }
}

private struct CLIPAttention: Sendable {
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let heads: Int

  init(_ weights: Weights, _ width: Int, heads: Int) throws(CheckpointError) {
    query = try Linear(weights.q_proj, width, width)
    key = try Linear(weights.k_proj, width, width)
    value = try Linear(weights.v_proj, width, width)
    output = try Linear(weights.out_proj, width, width)
    self.heads = heads
  }

  func callAsFunction(_ x: Tensor, causal: Bool, adding residual: Tensor) -> Tensor {
    let mixed = scaledDotProductAttention(
      query: query(x), key: key(x), value: value(x), heads: heads, causal: causal)
    return output(mixed, adding: residual)
  }
}

private struct CLIPMLP: Sendable {
  private let expand: Linear
  private let contract: Linear
  private let activation: CLIPEncoderConfiguration.Activation

  init(_ weights: Weights, _ configuration: CLIPEncoderConfiguration) throws(CheckpointError) {
    expand = try Linear(weights.fc1, configuration.hiddenSize, configuration.intermediateSize)
    contract = try Linear(weights.fc2, configuration.intermediateSize, configuration.hiddenSize)
    activation = configuration.activation
  }

  func callAsFunction(_ x: Tensor, adding residual: Tensor) -> Tensor {
    let hidden = expand(x)
    let active =
      switch activation {
      case .quickGELU: hidden.quickGELU()
      case .gelu: hidden.gelu()
      }
    return contract(active, adding: residual)
  }
}

extension Tensor {
  /// Of `[batch, tokens, width]`, one token of each batch entry: `[batch, width]`.
  func tokens(at positions: [Int]) -> Tensor {
    precondition(shape.rank == 3 && shape[0] == positions.count, "\(positions.count) positions in \(shape)")
    let rows = reshaped([shape[0] * shape[1], shape[2]])
    return .concatenating(
      positions.enumerated().map { batch, position in
        let row = batch * shape[1] + position
        return rows.slice(row..<row + 1)
      })
  }
}
