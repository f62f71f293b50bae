public import Tensors

/// Token merging during the making of one image: its options, its random stream and
/// what it did so far.
///
/// The stream is a fresh generator seeded for this image and shared by its guidance
/// pair and nothing else, so results depend neither on order nor on company. It
/// equals what `tomesd` draws after `torch.manual_seed(seed)` and a fresh `apply_patch`,
/// and what ComfyUI's node draws on the CPU when nothing but it draws after that seed.
public struct MergingSession: Sendable {
  /// As the merging variant uses them, see ``MergingOptions/inForce``.
  public let options: MergingOptions
  /// What was merged so far.
  public private(set) var statistics = MergingStatistics()
  /// What became of the tokens in each block since the last ``begin(evaluation:of:mapped:)``, in the blocks' order;
  /// empty unless that was to be kept. Of a guidance pair it is the half of the prompt: the last of the batch.
  public private(set) var maps: [MergeMap] = []
  private var generator: TorchGenerator
  private var isOn = true
  private var isMapped = false

  /// A session that merges from its first block on.
  /// - Parameters:
  ///   - options: valid ones, see ``MergingOptions/validate()``
  ///   - seed: of the destinations that are drawn, in a stream of its own
  public init(options: MergingOptions, seed: UInt64) {
    self.options = options.inForce
    generator = TorchGenerator(seed: seed)
  }

  /// Begins an evaluation of the model; whether tokens are merged in it follows from ``MergingOptions/steps``.
  /// - Parameters:
  ///   - index: of the model's evaluation that comes now, from 0
  ///   - count: how many there are for the picture
  ///   - mapped: whether ``maps`` are kept of it, which changes nothing else
  public mutating func begin(evaluation index: Int, of count: Int, mapped: Bool = false) {
    isOn = options.steps.indices(of: count).contains(index)
    isMapped = mapped
    maps = []
  }

  /// The merges of one transformer block, by the most similar pairs of its tokens; those of a block that the options
  /// leave alone change nothing.
  ///
  /// - Parameters:
  ///   - hidden: `[batch, tokens, channels]`, before the block's first norm
  ///   - normed: the same after it, what self-attention is given
  ///   - latentHeight: height of the UNet's input
  ///   - latentWidth: width of the UNet's input
  ///   - copies: how many images of the UNet's batch each of these stands for: as long as nothing has told the halves of
  ///     a guidance pair apart, both. Destinations are drawn and statistics kept as of all of them.
  ///   - block: the block's place in the UNet, which its statistics go by
  /// - Precondition: both tensors have one shape. Tokens lie row by row in a grid as ``TokenGrid`` finds it; of others
  ///   nothing is merged.
  public mutating func blockMerges(
    for hidden: Tensor, normed: Tensor, latentHeight: Int, latentWidth: Int, copies: Int = 1,
    block: String = ""
  ) -> BlockMerges {
    guard isOn else { return .identity }
    let grid = TokenGrid(tokens: hidden.shape[1], latentWidth: latentWidth, latentHeight: latentHeight)
    guard let grid else { return .identity }
    let merged = options.mergedCount(of: grid)
    guard merged > 0 else { return .identity }
    let variant = options.variant
    if variant == .todo {
      guard let thinning = GridThinning(grid, ratio: options.ratio) else { return .identity }
      statistics.record(batch: copies * hidden.shape[0], tokens: grid.tokens, leftOut: merged, block: block)
      if isMapped { maps.append(MergeMap(thinning, grid: grid, block: block)) }
      return BlockMerges(
        attention: .identity, context: .thinned(thinning), crossAttention: .identity, feedForward: .identity)
    }
    let cells = (grid.height / options.sy) * (grid.width / options.sx)
    let choices =
      options.useRand && variant.draws(batch: copies * hidden.shape[0])
      ? generator.randint(cells, below: options.sx * options.sy) : nil
    let (matching, merge) = TimeSplit.measure(.merging) {
      let matching = BipartiteMatching(
        metric: variant.metric(blockInput: hidden, normed: normed), gridWidth: grid.width,
        gridHeight: grid.height, sx: options.sx, sy: options.sy, merged: merged, choices: choices)
      return (matching, TokenMerge(matching))
    }
    for _ in 0..<copies { statistics.record(matching, block: block) }
    if isMapped {
      maps.append(MergeMap(matching, image: hidden.shape[0] - 1, grid: grid, block: block))
    }
    return BlockMerges(
      attention: options.mergeAttn ? merge : .identity, context: variant == .comfyui ? .whole : .merged,
      crossAttention: options.mergeCrossattn ? merge : .identity,
      feedForward: options.mergeMlp ? merge : .identity)
  }
}

/// Which merge each part of a transformer block uses, see ``MergingSession``; a part that is not merged has one that
/// changes nothing.
public struct BlockMerges: Sendable {
  package static let identity = BlockMerges(
    attention: .identity, context: .merged, crossAttention: .identity, feedForward: .identity)

  /// Of self-attention's queries, and of what comes out of it.
  public let attention: TokenMerge
  private let context: Context
  /// Of cross-attention's queries, and of what comes out of it.
  public let crossAttention: TokenMerge
  /// Of the MLP's input and output.
  public let feedForward: TokenMerge

  /// What self-attention's keys and values are made of.
  enum Context: Sendable {
    /// The tokens that its queries are made of.
    case merged
    /// Every token.
    case whole
    /// Tokens of a thinned grid.
    case thinned(GridThinning)
  }

  init(attention: TokenMerge, context: Context, crossAttention: TokenMerge, feedForward: TokenMerge) {
    self.attention = attention
    self.context = context
    self.crossAttention = crossAttention
    self.feedForward = feedForward
  }

  /// For a batch of the same images over and over until there are `batch`, what is behind self-attention.
  package func repeated(to batch: Int) -> BlockMerges {
    BlockMerges(
      attention: attention, context: context, crossAttention: crossAttention.repeated(to: batch),
      feedForward: feedForward.repeated(to: batch))
  }

  /// The tokens that self-attention makes its queries of, and those for keys and values.
  /// - Parameter normed: `[batch, tokens, channels]`, the input of self-attention
  /// - Returns: `[batch, queries, channels]` and `[batch, keys, channels]`
  public func selfAttentionInputs(_ normed: Tensor) -> (queries: Tensor, context: Tensor) {
    let merged = attention.merge(normed)
    switch context {
    case .merged: return (merged, merged)
    case .whole: return (merged, normed)
    case .thinned(let thinning): return (merged, thinning(normed))
    }
  }
}
