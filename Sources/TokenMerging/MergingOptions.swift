/// The arguments of `tomesd.apply_patch`, with its defaults.
public struct MergingOptions: Sendable, Hashable, Codable {
  /// Share of the tokens to merge away, 0…1.
  public var ratio: Double
  /// Blocks whose tokens are downsampled by more than this factor are left alone.
  public var maxDownsample: Int
  /// Width and height of the cell that holds one destination token.
  public var sx: Int
  public var sy: Int
  /// Whether destinations are drawn at random within their cell.
  public var useRand: Bool
  /// Which parts of a transformer block see merged tokens.
  public var mergeAttn: Bool
  public var mergeCrossattn: Bool
  public var mergeMlp: Bool

  public init(
    ratio: Double = 0.5, maxDownsample: Int = 1, sx: Int = 2, sy: Int = 2, useRand: Bool = true,
    mergeAttn: Bool = true, mergeCrossattn: Bool = false, mergeMlp: Bool = false
  ) {
    self.ratio = ratio
    self.maxDownsample = maxDownsample
    self.sx = sx
    self.sy = sy
    self.useRand = useRand
    self.mergeAttn = mergeAttn
    self.mergeCrossattn = mergeCrossattn
    self.mergeMlp = mergeMlp
  }

  /// - Throws: ``MergingError`` naming the argument that is out of its range.
  public func validate() throws(MergingError) {
    guard ratio >= 0, ratio <= 1 else {
      throw .outOfRange(argument: "ratio", value: "\(ratio)", allowed: "0 to 1")
    }
    guard [1, 2, 4, 8].contains(maxDownsample) else {
      throw .outOfRange(argument: "max_downsample", value: "\(maxDownsample)", allowed: "1, 2, 4 or 8")
    }
    guard sx >= 1 else { throw .outOfRange(argument: "sx", value: "\(sx)", allowed: "1 or more") }
    guard sy >= 1 else { throw .outOfRange(argument: "sy", value: "\(sy)", allowed: "1 or more") }
  }

  /// Tokens that are merged away of a grid: `min(⌊tokens · ratio⌋, sources)`.
  public func mergedCount(gridWidth: Int, gridHeight: Int) -> Int {
    min(
      Int(Double(gridWidth * gridHeight) * ratio), sourceCount(gridWidth: gridWidth, gridHeight: gridHeight))
  }

  /// Tokens that are no cell's destination, and so can be merged away.
  private func sourceCount(gridWidth: Int, gridHeight: Int) -> Int {
    gridWidth * gridHeight - (gridWidth / sx) * (gridHeight / sy)
  }

  /// The ratio that blocks at the latents' own resolution really use: every cell keeps
  /// its destination, so 2×2 cells cap the ratio at 0.75.
  public func effectiveRatio(latentWidth: Int, latentHeight: Int) -> Double {
    let cap = sourceCount(gridWidth: latentWidth, gridHeight: latentHeight)
    return min(ratio, Double(cap) / Double(latentWidth * latentHeight))
  }
}

/// An argument of token merging that is out of its range.
public enum MergingError: Error, Equatable, CustomStringConvertible {
  case outOfRange(argument: String, value: String, allowed: String)

  public var description: String {
    switch self {
    case .outOfRange(let argument, let value, let allowed):
      "token merging: \(argument) is \(value), allowed is \(allowed)"
    }
  }
}
