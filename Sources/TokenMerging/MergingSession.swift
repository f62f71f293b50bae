public import Tensors

/// Token merging during the making of one image: its options, its random stream and
/// what it did so far.
///
/// The stream is a fresh generator seeded for this image and shared by its guidance
/// pair and nothing else, so results depend neither on order nor on company. It
/// equals what `tomesd` draws after `torch.manual_seed(seed)` and a fresh `apply_patch`.
public struct MergingSession: Sendable {
  public let options: MergingOptions
  public private(set) var statistics = MergingStatistics()
  private var generator: TorchGenerator

  public init(options: MergingOptions, seed: UInt64) {
    self.options = options
    generator = TorchGenerator(seed: seed)
  }

  /// The merges of one transformer block, matched on its input.
  ///
  /// - Parameters:
  ///   - hidden: `[batch, tokens, channels]`, before the block's first norm
  ///   - latentHeight: height of the UNet's input
  ///   - latentWidth: width of the UNet's input
  ///   - block: the block's place in the UNet, which its statistics go by
  public mutating func blockMerges(
    for hidden: Tensor, latentHeight: Int, latentWidth: Int, block: String = ""
  ) -> BlockMerges {
    let (batch, tokens) = (hidden.shape[0], hidden.shape[1])
    // Integer division before the root, as in tomesd.
    let downsample = Int(Double(latentHeight * latentWidth / tokens).squareRoot().rounded(.up))
    guard downsample <= options.maxDownsample else { return .identity }
    let width = (latentWidth + downsample - 1) / downsample
    let height = (latentHeight + downsample - 1) / downsample
    let merged = options.mergedCount(gridWidth: width, gridHeight: height)
    guard Int(Double(tokens) * options.ratio) > 0 else { return .identity }
    // An odd batch cannot be guidance pairs: one choice for all would tear them apart.
    let isRandom = options.useRand && batch % 2 == 0
    let choices =
      isRandom
      ? generator.randint((height / options.sy) * (width / options.sx), below: options.sx * options.sy) : nil
    guard merged > 0 else { return .identity }
    let matching = BipartiteMatching(
      metric: hidden, gridWidth: width, gridHeight: height, sx: options.sx, sy: options.sy, merged: merged,
      choices: choices)
    statistics.record(matching, block: block)
    let merge = TokenMerge(matching)
    return BlockMerges(
      attention: options.mergeAttn ? merge : .identity,
      crossAttention: options.mergeCrossattn ? merge : .identity,
      feedForward: options.mergeMlp ? merge : .identity)
  }
}

/// Which merge each part of a transformer block uses.
public struct BlockMerges: Sendable {
  public static let identity = BlockMerges(
    attention: .identity, crossAttention: .identity, feedForward: .identity)

  public let attention: TokenMerge
  public let crossAttention: TokenMerge
  public let feedForward: TokenMerge
}
