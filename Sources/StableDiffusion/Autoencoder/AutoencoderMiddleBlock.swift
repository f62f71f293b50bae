import Checkpoints
import Layers
import Tensors

/// What encoder and decoder of an ``AutoencoderKL`` have at their coarsest level: two residual blocks, and between
/// them, where the configuration says so, self-attention. diffusers' `UNetMidBlock2D`.
struct AutoencoderMiddleBlock: Sendable {
  private let resnets: [ResnetBlock]
  private let attention: AutoencoderAttention?

  /// Of every normalisation of the autoencoder.
  static let epsilon: Float = 1e-6

  init(
    _ weights: Weights, _ channels: Int, _ configuration: AutoencoderKL.Configuration
  ) throws(CheckpointError) {
    let groups = configuration.normNumGroups
    resnets = try [0, 1].map { (index) throws(CheckpointError) in
      try ResnetBlock(
        weights.resnets[index], input: channels, output: channels, timeEmbedding: nil, groups: groups,
        epsilon: Self.epsilon)
    }
    attention =
      configuration.midBlockAddAttention
      ? try AutoencoderAttention(weights.attentions[0], channels, groups: groups) : nil
  }

  /// - Parameter x: `[1, height, width, channels]`
  func callAsFunction(_ x: Tensor, bands: RowBands) -> Tensor {
    var x = resnets[0](x, bands: bands)
    if let attention { x = TimeSplit.measure(.selfAttention) { attention(x) } }
    return resnets[1](x, bands: bands)
  }
}

/// Self-attention of one head over all positions, around a residual connection.
private struct AutoencoderAttention: Sendable {
  private let norm: GroupNorm
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear

  /// Accepts the names of `Attention` and those of the older `AttentionBlock`.
  init(_ weights: Weights, _ channels: Int, groups: Int) throws(CheckpointError) {
    norm = try GroupNorm(
      weights.group_norm, channels, groups: groups, epsilon: AutoencoderMiddleBlock.epsilon)
    let isOld = weights.proj_attn.has("weight")
    query = try Linear(isOld ? weights.query : weights.to_q, channels, channels)
    key = try Linear(isOld ? weights.key : weights.to_k, channels, channels)
    value = try Linear(isOld ? weights.value : weights.to_v, channels, channels)
    output = try Linear(isOld ? weights.proj_attn : weights.to_out[0], channels, channels)
  }

  /// - Parameter x: `[batch, height, width, channels]`
  func callAsFunction(_ x: Tensor) -> Tensor {
    let tokens: Shape = [x.shape[0], x.shape[1] * x.shape[2], x.shape.last]
    let normalized = norm(x).reshaped(tokens)
    let attended = scaledDotProductAttention(
      query: query(normalized), key: key(normalized), value: value(normalized), heads: 1)
    return output(attended, adding: x.reshaped(tokens)).reshaped(x.shape)
  }
}
