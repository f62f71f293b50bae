import CKernels
package import Tensors

/// Bipartite soft matching on a token grid (Bolya & Hoffman 2023, section 3;
/// `tomesd.merge.bipartite_soft_matching_random2d`).
///
/// One token of every `sy × sx` cell is a destination, all others (also those of a
/// grid's margin that the cells do not fill) are sources. Each source's best
/// destination is the one of largest cosine similarity; the `merged` sources with the
/// largest similarities are merged into theirs.
package struct BipartiteMatching: Sendable {
  /// Token positions of the destinations, ascending; the same for the whole batch.
  package let destinations: [Int32]
  /// Token positions of the sources, ascending.
  package let sources: [Int32]
  /// For every image and source (`[batch][sources.count]`): index into ``destinations``.
  package let bestDestination: [[Int32]]
  /// The cosine similarity that goes with it.
  package let similarity: [[Float]]
  /// For every image: indices into ``sources`` of those merged, ascending.
  package let mergedSources: [[Int]]

  /// - Parameters:
  ///   - metric: `[batch, gridHeight · gridWidth, channels]`
  ///   - merged: how many sources to merge away, at most all; more than 0 only where a cell is whole
  ///   - choices: for each cell in row-major order the place of its destination,
  ///     `0 ..< sx · sy`, row-major; nil takes the top left corner
  package init(
    metric: Tensor, gridWidth: Int, gridHeight: Int, sx: Int, sy: Int, merged: Int, choices: [Int]?
  ) {
    precondition(
      metric.shape.rank == 3 && metric.shape[1] == gridWidth * gridHeight,
      "metric \(metric.shape) for a grid of \(gridWidth)×\(gridHeight)")
    (destinations, sources) = Self.split(
      gridWidth: gridWidth, gridHeight: gridHeight, sx: sx, sy: sy, choices: choices)
    OperationCount.note(metric.shape[0] * sources.count * destinations.count * metric.shape.last)
    let (best, similarity) = Self.match(metric, destinations: destinations, sources: sources)
    mergedSources = Parallel.map(similarity.count) { similarity[$0].indicesOfLargest(merged) }
    (bestDestination, self.similarity) = (best, similarity)
  }

  private static func split(
    gridWidth: Int, gridHeight: Int, sx: Int, sy: Int, choices: [Int]?
  ) -> (destinations: [Int32], sources: [Int32]) {
    let (columns, rows) = (gridWidth / sx, gridHeight / sy)
    precondition(choices.map { $0.count == rows * columns } ?? true, "choices for \(rows * columns) cells")
    var isDestination = [Bool](repeating: false, count: gridWidth * gridHeight)
    for cell in 0..<(rows * columns) {
      let choice = choices?[cell] ?? 0
      let y = cell / columns * sy + choice / sx
      let x = cell % columns * sx + choice % sx
      isDestination[y * gridWidth + x] = true
    }
    let positions = isDestination.indices.map(Int32.init)
    return (
      positions.filter { isDestination[Int($0)] }, positions.filter { !isDestination[Int($0)] }
    )
  }

  /// Similarities tile by tile with an arg-max per source: the score matrix never exists whole.
  private static func match(
    _ metric: Tensor, destinations: [Int32], sources: [Int32]
  ) -> (best: [[Int32]], similarity: [[Float]]) {
    let (batch, tokens, channels) = (metric.shape[0], metric.shape[1], metric.shape[2])
    var best = [Int32](repeating: 0, count: batch * sources.count)
    var similarity = [Float](repeating: 0, count: batch * sources.count)
    guard !destinations.isEmpty, !sources.isEmpty else { return ([], []) }
    let tile = 128
    let tiles = (sources.count + tile - 1) / tile
    metric.withUnsafeBuffer { metric in
      best.withUnsafeMutableBufferPointer { best in
        similarity.withUnsafeMutableBufferPointer { similarity in
          guard let metric = metric.baseAddress, let best = best.baseAddress,
            let similarity = similarity.baseAddress
          else { return }
          let directions = Self.directions(
            metric, batch: batch, tokens: tokens, channels: channels, destinations: destinations
          ).map(LargestProducts.init)
          Parallel.forEach(batch * tiles) { index in
            let (image, part) = index.quotientAndRemainder(dividingBy: tiles)
            let range = (part * tile)..<min((part + 1) * tile, sources.count)
            let rows = normalizedRows(metric + image * tokens * channels, sources[range], channels)
            let offset = image * sources.count + range.lowerBound
            directions[image].find(rows, value: similarity + offset, position: best + offset)
          }
        }
      }
    }
    let count = sources.count
    return (
      (0..<batch).map { Array(best[($0 * count)..<(($0 + 1) * count)]) },
      (0..<batch).map { Array(similarity[($0 * count)..<(($0 + 1) * count)]) }
    )
  }

  /// The destinations of each image, of length 1: `[destinations, channels]`.
  private static func directions(
    _ metric: UnsafePointer<Float>, batch: Int, tokens: Int, channels: Int, destinations: [Int32]
  ) -> [Tensor] {
    let count = destinations.count
    let (block, blocks) = (64, (count + 63) / 64)
    let all = Tensor(uninitialized: [batch, count, channels]) { out in
      destinations.withUnsafeBufferPointer { positions in
        guard let out = out.baseAddress, let positions = positions.baseAddress else { return }
        Parallel.forEach(batch * blocks) { index in
          let (image, part) = index.quotientAndRemainder(dividingBy: blocks)
          let first = part * block
          ck_normalize_rows(
            metric + image * tokens * channels, positions + first, out + (image * count + first) * channels,
            min(block, count - first), channels)
        }
      }
    }
    return (0..<batch).map { all.view($0..<($0 + 1)).reshaped([count, channels]) }
  }

  private static func normalizedRows(
    _ x: UnsafePointer<Float>, _ positions: ArraySlice<Int32>, _ channels: Int
  ) -> Tensor {
    Tensor(uninitialized: [positions.count, channels]) { out in
      positions.withUnsafeBufferPointer {
        ck_normalize_rows(x, $0.baseAddress, out.baseAddress, positions.count, channels)
      }
    }
  }
}
