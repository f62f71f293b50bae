/// The grid that the tokens of some transformer blocks of a UNet form.
public struct TokenGrid: Sendable, Hashable {
  /// In tokens.
  public let width: Int
  /// In tokens.
  public let height: Int
  /// How many latents' sides a token's side is.
  public let downsample: Int
  /// How many blocks work on such a grid.
  public let blocks: Int

  /// A grid that is known.
  public init(width: Int, height: Int, downsample: Int, blocks: Int) {
    self.width = width
    self.height = height
    self.downsample = downsample
    self.blocks = blocks
  }

  /// The grid that tomesd takes a block's tokens for (`tomesd.patch.compute_merge`), nil where it errs: latents
  /// of a few rows or columns are halved along one side only.
  public init?(tokens: Int, latentWidth: Int, latentHeight: Int, blocks: Int = 1) {
    guard 1...max(latentWidth * latentHeight, 1) ~= tokens else { return nil }
    // Integer division before the root, as in tomesd.
    let downsample = Int(Double(latentHeight * latentWidth / tokens).squareRoot().rounded(.up))
    func side(_ extent: Int) -> Int { (extent + downsample - 1) / downsample }
    self.init(
      width: side(latentWidth), height: side(latentHeight), downsample: downsample, blocks: blocks)
    guard self.tokens == tokens else { return nil }
  }

  /// How many tokens there are.
  public var tokens: Int { width * height }
}
