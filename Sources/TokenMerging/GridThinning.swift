import Tensors

/// The tokens that are left of a grid when it is thinned by a factor along both sides: the nearest to the middle of
/// each cell, as torch's `interpolate` chooses with the mode `nearest-exact`. What ToDo makes keys and values of.
struct GridThinning: Sendable {
  private let tokens: Int
  /// Places of the tokens that stay, ascending.
  let kept: [Int]

  /// Nil where all tokens stay.
  /// - Parameter ratio: see ``MergingOptions/ratio(factor:)``
  init?(_ grid: TokenGrid, ratio: Double) {
    let (width, height) = (Self.side(grid.width, ratio: ratio), Self.side(grid.height, ratio: ratio))
    guard width * height < grid.tokens else { return nil }
    let columns = Self.nearest(width, of: grid.width)
    kept = Self.nearest(height, of: grid.height).flatMap { row in columns.map { row * grid.width + $0 } }
    tokens = grid.tokens
  }

  /// Tokens along a side of the thinned grid: `⌊side / factor⌋`, and one at least.
  static func side(_ side: Int, ratio: Double) -> Int {
    // The factor of a third root is a little more or less than it in floating point.
    max(1, min(side, Int(Double(side) * (1 - ratio).squareRoot() + 1e-9)))
  }

  private static func nearest(_ count: Int, of side: Int) -> [Int] {
    // In the precisions that torch has them.
    let scale = Double(Float(side) / Float(count))
    return (0..<count).map { min(Int(Float((Double($0) + 0.5) * scale)), side - 1) }
  }

  /// - Parameter x: `[batch, tokens, channels]`
  /// - Returns: `[batch, tokens that stay, channels]`
  func callAsFunction(_ x: Tensor) -> Tensor {
    let (batch, channels) = (x.shape[0], x.shape.last)
    precondition(x.shape.rank == 3 && x.shape[1] == tokens, "thinning \(x.shape), expected \(tokens) tokens")
    return TimeSplit.measure(.merging) {
      x.withUnsafeBuffer { source in
        Tensor(uninitialized: [batch, kept.count, channels]) { target in
          guard let source = source.baseAddress, let target = target.baseAddress else { return }
          Parallel.forEachChunk(of: batch * kept.count, size: 128) { rows in
            for row in rows {
              let (image, place) = row.quotientAndRemainder(dividingBy: kept.count)
              (target + row * channels).update(
                from: source + (image * tokens + kept[place]) * channels, count: channels)
            }
          }
        }
      }
    }
  }
}
