import Checkpoints
import Layers
import Tensors
import TokenMerging

/// Everything a UNet pass carries along beside the feature map.
struct UNetContext {
  let conditioning: Conditioning
  let compute: ComputeOptions
  /// `[batch, timeEmbeddingWidth]`
  let timeEmbedding: Tensor
  let latentHeight: Int
  let latentWidth: Int
  var merging: MergingSession?
}

/// Attention with projections, diffusers' `Attention`.
struct CrossAttention: Sendable {
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let heads: Int
  /// What its time counts to.
  private let part: TimeSplit.Part

  init(
    _ weights: Weights, channels: Int, contextWidth: Int, heads: Int, as part: TimeSplit.Part
  ) throws(CheckpointError) {
    query = try Linear(weights.to_q, channels, channels, bias: false)
    key = try Linear(weights.to_k, contextWidth, channels, bias: false)
    value = try Linear(weights.to_v, contextWidth, channels, bias: false)
    output = try Linear(weights.to_out[0], channels, channels)
    self.heads = heads
    self.part = part
  }

  /// - Parameters:
  ///   - x: `[batch, n, channels]`, what queries are made of
  ///   - states: `[batch, m, contextWidth]`, what keys and values are made of
  func callAsFunction(_ x: Tensor, states: Tensor, _ context: UNetContext) -> Tensor {
    let precision = context.compute.precision
    return TimeSplit.measure(part) {
      let mixed = scaledDotProductAttention(
        query: query(x, precision: precision), key: key(states, precision: precision),
        value: value(states, precision: precision), heads: heads, kernel: context.compute.attention,
        precision: precision
      )
      return output(mixed, precision: precision)
    }
  }
}

/// Self-attention, cross-attention and feed-forward, each on merged tokens where asked
/// (diffusers' `BasicTransformerBlock`; `tomesd.patch.make_diffusers_tome_block`, and
/// what else the session's ``MergeVariant`` says).
struct TransformerBlock: Sendable {
  private let norm1: LayerNorm
  private let norm2: LayerNorm
  private let norm3: LayerNorm
  private let selfAttention: CrossAttention
  private let crossAttention: CrossAttention
  private let feedForwardIn: Linear
  private let feedForwardOut: Linear
  /// Where it is in the UNet, as the checkpoint names it.
  private let place: String

  init(_ weights: Weights, channels: Int, contextWidth: Int, heads: Int) throws(CheckpointError) {
    place = weights.path
    norm1 = try LayerNorm(weights.norm1, channels)
    norm2 = try LayerNorm(weights.norm2, channels)
    norm3 = try LayerNorm(weights.norm3, channels)
    selfAttention = try CrossAttention(
      weights.attn1, channels: channels, contextWidth: channels, heads: heads, as: .selfAttention)
    crossAttention = try CrossAttention(
      weights.attn2, channels: channels, contextWidth: contextWidth, heads: heads, as: .crossAttention)
    feedForwardIn = try Linear(weights.ff.net[0].proj, channels, channels * 8)
    feedForwardOut = try Linear(weights.ff.net[2], channels * 4, channels)
  }

  /// - Parameter x: `[batch, tokens, channels]`
  func callAsFunction(_ x: Tensor, _ context: inout UNetContext) -> Tensor {
    var normed = norm1(x)
    let merges =
      context.merging?.blockMerges(
        for: x, normed: normed, latentHeight: context.latentHeight, latentWidth: context.latentWidth,
        block: place)
      ?? .identity
    let inputs = merges.selfAttentionInputs(normed)
    var hidden = merges.attention.unmerge(
      selfAttention(inputs.queries, states: inputs.context, context), adding: x)
    normed = merges.crossAttention.merge(norm2(hidden))
    hidden = merges.crossAttention.unmerge(
      crossAttention(normed, states: context.conditioning.hiddenStates, context), adding: hidden)
    normed = merges.feedForward.merge(norm3(hidden))
    let expanded = feedForwardIn.gated(normed, precision: context.compute.precision)
    return merges.feedForward.unmerge(
      feedForwardOut(expanded, precision: context.compute.precision), adding: hidden)
  }
}
