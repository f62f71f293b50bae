/// How many tokens are merged, and where.
extension MergingOptions {
  /// Tokens that are merged away of a grid: `min(⌊tokens · ratio⌋, sources)`; none where no cell is whole, which
  /// leaves nothing to merge into.
  package func mergedCount(gridWidth: Int, gridHeight: Int) -> Int {
    guard gridWidth >= sx, gridHeight >= sy else { return 0 }
    return min(
      Int(Double(gridWidth * gridHeight) * ratio), sourceCount(gridWidth: gridWidth, gridHeight: gridHeight))
  }

  /// Tokens that blocks of this grid merge away: `min(⌊tokens · ratio⌋, tokens - cells)`, ToDo's left out of keys and
  /// values; none where the options leave such blocks alone.
  public func mergedCount(of grid: TokenGrid) -> Int {
    let options = inForce
    guard grid.downsample <= options.maxDownsample else { return 0 }
    if options.variant == .todo {
      return grid.tokens
        - GridThinning.side(grid.width, ratio: ratio) * GridThinning.side(grid.height, ratio: ratio)
    }
    return options.mergedCount(gridWidth: grid.width, gridHeight: grid.height)
  }

  /// Tokens that are no cell's destination, and so can be merged away.
  private func sourceCount(gridWidth: Int, gridHeight: Int) -> Int {
    gridWidth * gridHeight - (gridWidth / sx) * (gridHeight / sy)
  }

  /// The share of tokens that the blocks that merge at all really merge away, before rounding to whole tokens; 0
  /// when none does. Every cell keeps its destination, so 2×2 cells cap the ratio at 0.75. ToDo's is that of whole
  /// rows and columns, which may be more than was asked for.
  ///
  /// - Parameter grids: those of the UNet's transformer blocks
  public func effectiveRatio(over grids: [TokenGrid]) -> Double {
    let options = inForce
    let shares = grids.filter { mergedCount(of: $0) > 0 }.map { grid in
      if options.variant == .todo {
        return (
          tokens: Double(grid.tokens * grid.blocks),
          ratio: Double(mergedCount(of: grid)) / Double(grid.tokens)
        )
      }
      let cap = options.sourceCount(gridWidth: grid.width, gridHeight: grid.height)
      return (tokens: Double(grid.tokens * grid.blocks), ratio: min(ratio, Double(cap) / Double(grid.tokens)))
    }
    guard let first = shares.first?.ratio else { return 0 }
    // As a distance from the first: exactly that where all are equal.
    let tokens = shares.reduce(0) { $0 + $1.tokens }
    return first + shares.reduce(0) { $0 + $1.tokens * ($1.ratio - first) } / tokens
  }

  /// The ratio of a ToDo that thins grids by a factor along both sides: 1 − 1/factor².
  /// - Parameter factor: one of ``factors``
  public static func ratio(factor: Double) -> Double { 1 - 1 / (factor * factor) }

  /// What factors ToDo can have: no grid has more rows or columns.
  public static let factors = 1...Double(1 << 15)

  /// The other way round.
  public var factor: Double { 1 / (1 - ratio).squareRoot() }
}
