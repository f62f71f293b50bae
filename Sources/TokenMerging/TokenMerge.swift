import CKernels
public import Tensors

/// A merge of tokens and its inverse, computed once per transformer block.
///
/// Merging averages a destination with all its sources together; unmerging copies
/// the average back to each of them. ``identity`` leaves everything as it is, so that
/// the block that uses a merge needs no branch.
public struct TokenMerge: Sendable {
  public static let identity = TokenMerge(map: nil)

  /// Which merged row every token went to, and the members of every merged row.
  private struct Map: Sendable {
    let batch, tokens, merged: Int
    /// `[batch · tokens]`: the token's row of the image's merged rows.
    let owner: [Int32]
    /// `[batch · (merged + 1)]` and `[batch · tokens]`: compressed rows of token positions.
    let offsets: [Int32]
    let members: [Int32]
  }

  private let map: Map?

  private init(map: Map?) { self.map = map }

  /// The merge that a matching describes; merged rows are the sources that stay, then
  /// the destinations.
  public init(_ matching: BipartiteMatching) {
    let batch = matching.mergedSources.count
    let tokens = matching.sources.count + matching.destinations.count
    let merged = tokens - (matching.mergedSources.first?.count ?? 0)
    guard merged < tokens else {
      self = .identity
      return
    }
    var owner: [Int32] = []
    var offsets: [Int32] = []
    var members: [Int32] = []
    for image in 0..<batch {
      let groups = Self.groups(of: matching, image: image)
      var owners = [Int32](repeating: 0, count: tokens)
      offsets.append(0)
      var filled: Int32 = 0
      for (row, group) in groups.enumerated() {
        for token in group { owners[Int(token)] = Int32(row) }
        members += group
        filled += Int32(group.count)
        offsets.append(filled)
      }
      owner += owners
    }
    map = Map(
      batch: batch, tokens: tokens, merged: merged, owner: owner, offsets: offsets, members: members)
  }

  /// The token positions behind every merged row.
  private static func groups(of matching: BipartiteMatching, image: Int) -> [[Int32]] {
    var isMerged = [Bool](repeating: false, count: matching.sources.count)
    var grouped = matching.destinations.map { [$0] }
    for source in matching.mergedSources[image].sorted() {
      isMerged[source] = true
      grouped[Int(matching.bestDestination[image][source])].append(matching.sources[source])
    }
    let staying = matching.sources.indices.filter { !isMerged[$0] }.map { [matching.sources[$0]] }
    return staying + grouped
  }

  /// - Parameter x: `[batch, tokens, channels]`
  /// - Returns: `[batch, merged tokens, channels]`
  public func merge(_ x: Tensor) -> Tensor {
    guard let map else { return x }
    precondition(
      x.shape.rank == 3 && x.shape[0] == map.batch && x.shape[1] == map.tokens,
      "merging \(x.shape), expected [\(map.batch), \(map.tokens), channels]")
    return mapRows(x, from: map.tokens, to: map.merged, batch: map.batch) {
      image, rows, source, target, channels in
      map.offsets.withUnsafeBufferPointer { offsets in
        map.members.withUnsafeBufferPointer { members in
          ck_mean_rows(
            source, offsets.baseAddress.map { $0 + image * (map.merged + 1) + rows.lowerBound },
            members.baseAddress.map { $0 + image * map.tokens }, target, rows.count, channels)
        }
      }
    }
  }

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
        map.owner.withUnsafeBufferPointer { owner in
          ck_gather_rows(
            source, owner.baseAddress.map { $0 + offset },
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
    return TimeSplit.measure(.merging) {
      x.withUnsafeBuffer { source in
        Tensor(uninitialized: [batch, to, channels]) { target in
          guard let source = source.baseAddress, let target = target.baseAddress else { return }
          for image in 0..<batch {
            Parallel.forEachChunk(of: to, size: 128) { rows in
              body(
                image, rows, source + image * from * channels,
                target + (image * to + rows.lowerBound) * channels, channels)
            }
          }
        }
      }
    }
  }
}
