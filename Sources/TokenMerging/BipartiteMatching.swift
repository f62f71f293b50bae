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
    (bestDestination, similarity) = Self.match(metric, destinations: destinations, sources: sources)
    mergedSources = similarity.map { $0.indicesOfLargest(merged) }
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
    let tile = 256
    let tiles = (sources.count + tile - 1) / tile
    metric.withUnsafeBuffer { metric in
      best.withUnsafeMutableBufferPointer { best in
        similarity.withUnsafeMutableBufferPointer { similarity in
          guard let metric = metric.baseAddress, let best = best.baseAddress,
            let similarity = similarity.baseAddress
          else { return }
          let directions = (0..<batch).map { image in
            LargestProducts(
              normalizedRows(metric + image * tokens * channels, destinations[...], channels))
          }
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
