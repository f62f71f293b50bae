import CKernels
public import Tensors

/// A merge of tokens and its inverse, computed once per transformer block by
/// ``MergingSession/blockMerges(for:normed:latentHeight:latentWidth:copies:block:)``.
///
/// Merging averages a destination with all its sources together; unmerging copies
/// the average back to each of them (`merge` with mode "mean" and `unmerge` of `tomesd.merge`). A merge of nothing leaves
/// everything as it is, so that the block that uses it needs no branch.
public struct TokenMerge: Sendable {
  /// Merges nothing.
  package static let identity = TokenMerge(map: nil)

  fileprivate struct Map: Sendable {
    let batch, tokens, merged: Int
    let images: [Image]

    /// Which merged row every token of an image went to, and the members of every merged row.
    struct Image: Sendable {
      /// `[tokens]`: the token's merged row.
      var owner: [Int32]
      /// `[merged + 1]` and `[tokens]`: compressed rows of token positions.
      var offsets: [Int32]
      var members: [Int32]
    }
  }

  private let map: Map?

  private init(map: Map?) { self.map = map }

  /// The merge that a matching describes; merged rows are the sources that stay, then
  /// the destinations.
  package init(_ matching: BipartiteMatching) {
    let batch = matching.mergedSources.count
    let tokens = matching.sources.count + matching.destinations.count
    let merged = tokens - (matching.mergedSources.first?.count ?? 0)
    guard merged < tokens else {
      self = .identity
      return
    }
    map = Map(
      batch: batch, tokens: tokens, merged: merged,
      images: Parallel.map(batch) { Map.Image(of: matching, image: $0, tokens: tokens, merged: merged) })
  }

  /// The same merge of every image, for a batch of them over and over until there are `batch`.
  package func repeated(to batch: Int) -> TokenMerge {
    guard let map, batch != map.batch else { return self }
    precondition(batch % map.batch == 0, "repeating a merge of \(map.batch) images to a batch of \(batch)")
    let images = (0..<batch).map { map.images[$0 % map.batch] }
    return TokenMerge(map: Map(batch: batch, tokens: map.tokens, merged: map.merged, images: images))
  }

  /// The tokens with the merged ones joined: those that stay alone, then the destinations.
  ///
  /// - Parameter x: `[batch, tokens, channels]`, of any channels
  /// - Returns: `[batch, merged tokens, channels]`
  /// - Precondition: batch and tokens are those that the merge was found on.
  public func merge(_ x: Tensor) -> Tensor {
    guard let map else { return x }
    precondition(
      x.shape.rank == 3 && x.shape[0] == map.batch && x.shape[1] == map.tokens,
      "merging \(x.shape), expected [\(map.batch), \(map.tokens), channels]")
    return mapRows(x, from: map.tokens, to: map.merged, batch: map.batch) {
      image, rows, source, target, channels in
      let groups = map.images[image]
      groups.offsets.withUnsafeBufferPointer { offsets in
        groups.members.withUnsafeBufferPointer { members in
          ck_mean_rows(
            source, offsets.baseAddress.map { $0 + rows.lowerBound }, members.baseAddress, target,
            rows.count, channels)
        }
      }
    }
  }

  /// Gives every token its merged row back, and adds that to what the token was before.
  ///
  /// - Parameters:
  ///   - x: `[batch, merged tokens, channels]`
  ///   - residual: `[batch, tokens, channels]`
  /// - Returns: `residual` plus every token's merged row, `[batch, tokens, channels]`
  public func unmerge(_ x: Tensor, adding residual: Tensor) -> Tensor {
    guard let map else { return x + residual }
    precondition(
      x.shape == [map.batch, map.merged, residual.shape.last] && residual.shape[1] == map.tokens,
      "unmerging \(x.shape) onto \(residual.shape)")
    return residual.withUnsafeBuffer { residual in
      mapRows(x, from: map.merged, to: map.tokens, batch: map.batch) {
        image, rows, source, target, channels in
        let offset = image * map.tokens + rows.lowerBound
        map.images[image].owner.withUnsafeBufferPointer { owner in
          ck_gather_rows(
            source, owner.baseAddress.map { $0 + rows.lowerBound },
            residual.baseAddress.map { $0 + offset * channels },
            target, rows.count, channels)
        }
      }
    }
  }

  /// Computes blocks of an image's output rows from all its input rows.
  private func mapRows(
    _ x: Tensor, from: Int, to: Int, batch: Int,
    _ body: (Int, Range<Int>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    let channels = x.shape.last
    let (block, blocks) = (128, (to + 127) / 128)
    return TimeSplit.measure(.merging) {
      x.withUnsafeBuffer { source in
        Tensor(uninitialized: [batch, to, channels]) { target in
          guard let source = source.baseAddress, let target = target.baseAddress else { return }
          Parallel.forEach(batch * blocks) { index in
            let (image, part) = index.quotientAndRemainder(dividingBy: blocks)
            let rows = (part * block)..<min((part + 1) * block, to)
            body(
              image, rows, source + image * from * channels,
              target + (image * to + rows.lowerBound) * channels, channels)
          }
        }
      }
    }
  }
}

extension TokenMerge.Map.Image {
  /// Merged rows are the sources that stay, then the destinations with the sources merged into them.
  fileprivate init(of matching: BipartiteMatching, image: Int, tokens: Int, merged: Int) {
    let (sources, destinations) = (matching.sources, matching.destinations)
    let (chosen, best) = (matching.mergedSources[image], matching.bestDestination[image])
    let staying = merged - destinations.count
    owner = [Int32](repeating: 0, count: tokens)
    offsets = [Int32](repeating: 0, count: merged + 1)
    members = [Int32](repeating: 0, count: tokens)
    var isMerged = [Bool](repeating: false, count: sources.count)
    var sizes = [Int32](repeating: 1, count: merged)
    for source in chosen {
      isMerged[source] = true
      sizes[staying + Int(best[source])] += 1
    }
    for row in 0..<merged { offsets[row + 1] = offsets[row] + sizes[row] }
    var ends = offsets
    func add(_ token: Int32, to row: Int) {
      owner[Int(token)] = Int32(row)
      members[Int(ends[row])] = token
      ends[row] += 1
    }
    var row = 0
    for source in sources.indices where !isMerged[source] {
      add(sources[source], to: row)
      row += 1
    }
    for destination in destinations.indices { add(destinations[destination], to: staying + destination) }
    for source in chosen { add(sources[source], to: staying + Int(best[source])) }
  }
}
