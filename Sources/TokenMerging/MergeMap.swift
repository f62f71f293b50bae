/// Where the tokens of one image went in one transformer block, for people to look at.
///
/// It holds all that ``TokenMerge`` does: a destination becomes the mean of itself and of the tokens that went to it,
/// and they become that mean again.
public struct MergeMap: Sendable, Hashable {
  /// The block's place in the UNet, as in `down_blocks.0.attentions.0.transformer_blocks.0`.
  public let block: String
  /// Of the grid that the tokens form, in tokens.
  public let width: Int
  /// Of the grid that the tokens form, in tokens.
  public let height: Int
  /// For every token, row by row, the one that it was merged into: itself where it was kept, and nil where it was left
  /// out of keys and values (``MergeVariant/todo``), which merges it into none.
  public let destinations: [Int?]
  /// For every token the cosine similarity to its destination, -1…1; 1 where it was kept, 0 where it has none.
  public let similarities: [Float]

  /// - Precondition: as many destinations and similarities as tokens
  package init(block: String, width: Int, height: Int, destinations: [Int?], similarities: [Float]) {
    precondition(
      destinations.count == width * height && similarities.count == width * height,
      "\(destinations.count) destinations and \(similarities.count) similarities for \(width)×\(height) tokens"
    )
    self.block = block
    self.width = width
    self.height = height
    self.destinations = destinations
    self.similarities = similarities
  }

  /// - Parameter image: of the matching's batch
  init(_ matching: BipartiteMatching, image: Int, grid: TokenGrid, block: String) {
    var destinations: [Int?] = (0..<grid.tokens).map { $0 }
    var similarities = [Float](repeating: 1, count: grid.tokens)
    let (best, similarity) = (matching.bestDestination[image], matching.similarity[image])
    for source in matching.mergedSources[image] {
      let token = Int(matching.sources[source])
      destinations[token] = Int(matching.destinations[Int(best[source])])
      similarities[token] = similarity[source]
    }
    self.init(
      block: block, width: grid.width, height: grid.height, destinations: destinations,
      similarities: similarities)
  }

  /// Of a grid that is thinned.
  init(_ thinning: GridThinning, grid: TokenGrid, block: String) {
    let kept = Set(thinning.kept)
    self.init(
      block: block, width: grid.width, height: grid.height,
      destinations: (0..<grid.tokens).map { kept.contains($0) ? $0 : nil },
      similarities: (0..<grid.tokens).map { kept.contains($0) ? 1 : 0 })
  }
}
