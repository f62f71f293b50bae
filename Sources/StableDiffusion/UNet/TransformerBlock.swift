import Checkpoints
import Layers
import Tensors
import TokenMerging

/// Everything a UNet pass carries along beside the feature map.
struct UNetContext {
  let texts: TextProjections
  let compute: ComputeOptions
  /// `[batch, timeEmbeddingWidth]`, or one row for all images
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

  /// Queries `[images, n, channels]`, keys and values, whose batch may be a multiple of that.
  struct Projections {
    let query: Tensor
    let attended: KeysAndValues
  }

  /// What is attended to, `[batch, m, channels]` each.
  struct KeysAndValues: Sendable {
    let key, value: Tensor
  }

  /// - Parameters:
  ///   - x: `[batch, n, channels]`, what queries are made of
  ///   - states: `[batch, m, contextWidth]`, what keys and values are made of
  func projections(_ x: Tensor, states: Tensor, _ compute: ComputeOptions) -> Projections {
    projections(x, keysAndValues(states, compute), compute)
  }

  /// The same of keys and values that are there already.
  func projections(_ x: Tensor, _ attended: KeysAndValues, _ compute: ComputeOptions) -> Projections {
    TimeSplit.measure(part) {
      Projections(query: query(x, precision: compute.precision), attended: attended)
    }
  }

  /// - Parameter states: `[batch, m, contextWidth]`
  func keysAndValues(_ states: Tensor, _ compute: ComputeOptions) -> KeysAndValues {
    TimeSplit.measure(part) {
      KeysAndValues(
        key: key(states, precision: compute.precision), value: value(states, precision: compute.precision))
    }
  }

  /// - Returns: `[batch, n, channels]`
  func callAsFunction(_ projections: Projections, _ compute: ComputeOptions) -> Tensor {
    TimeSplit.measure(part) {
      let attended = projections.attended
      let mixed = scaledDotProductAttention(
        query: projections.query.repeated(to: attended.key.shape[0]), key: attended.key,
        value: attended.value, heads: heads, kernel: compute.attention, precision: compute.precision)
      return output(mixed, precision: compute.precision)
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

  func project(_ texts: inout TextProjections, _ compute: ComputeOptions) {
    texts[place] = crossAttention.keysAndValues(texts.conditioning.hiddenStates, compute)
  }

  /// - Parameter hidden: `[images, tokens, channels]`, becomes the result, whose batch is that of the texts
  func callAsFunction(_ hidden: inout Tensor, _ context: inout UNetContext) {
    let compute = context.compute
    // What a part of the block makes of the tokens, one thing making room for the next.
    var merges: BlockMerges
    var inner: Tensor
    (merges, inner) = attendingToItself(hidden, &context)
    hidden = merges.attention.unmerge(inner, adding: hidden)
    inner = merges.crossAttention.merge(norm2(hidden))
    inner = crossAttention(crossAttention.projections(inner, context.texts[place], compute), compute)
    // From here on images have texts.
    hidden = hidden.repeated(to: context.texts.count)
    merges = merges.repeated(to: context.texts.count)
    hidden = merges.crossAttention.unmerge(inner, adding: hidden)
    inner = merges.feedForward.merge(norm3(hidden))
    inner = feedForwardIn.gated(inner, precision: compute.precision)
    inner = feedForwardOut(inner, precision: compute.precision)
    hidden = merges.feedForward.unmerge(inner, adding: hidden)
  }

  /// What the block merges, and what self-attention gives for the tokens as they are merged.
  private func attendingToItself(
    _ hidden: Tensor, _ context: inout UNetContext
  ) -> (merges: BlockMerges, result: Tensor) {
    let (merges, projections) = selfProjections(of: hidden, &context)
    return (merges, selfAttention(projections, context.compute))
  }

  /// A function of its own, so that what is projected is gone when attention begins.
  private func selfProjections(
    of hidden: Tensor, _ context: inout UNetContext
  ) -> (merges: BlockMerges, projections: CrossAttention.Projections) {
    let normed = norm1(hidden)
    let merges =
      context.merging?.blockMerges(
        for: hidden, normed: normed, latentHeight: context.latentHeight, latentWidth: context.latentWidth,
        copies: context.texts.count / hidden.shape[0], block: place)
      ?? .identity
    let inputs = merges.selfAttentionInputs(normed)
    return (merges, selfAttention.projections(inputs.queries, states: inputs.context, context.compute))
  }
}
