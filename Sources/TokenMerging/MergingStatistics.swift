/// What merging did over the making of one image, summed over steps: in all blocks that merge, and in each.
public struct MergingStatistics: Sendable, Hashable, Codable {
  /// Of all blocks together.
  public private(set) var overall = MergingTally()
  /// By the block's place in the UNet, as in `down_blocks.0.attentions.0.transformer_blocks.0`.
  public private(set) var blocks: [String: MergingTally] = [:]

  package init() {}

  mutating func record(_ matching: BipartiteMatching, block: String) {
    let tally = MergingTally(matching)
    overall.add(tally)
    blocks[block, default: MergingTally()].add(tally)
  }

  /// Of tokens that were left out of keys and values, without a look at them.
  mutating func record(batch: Int, tokens: Int, leftOut: Int, block: String) {
    let tally = MergingTally(passes: batch, tokens: batch * tokens, merged: batch * leftOut)
    overall.add(tally)
    blocks[block, default: MergingTally()].add(tally)
  }
}

/// Tokens merged (or left out of keys and values) and how similar they were, over some passes through blocks that merge.
public struct MergingTally: Sendable, Hashable, Codable {
  /// Passes of one image (each half of a guidance pair is one) through a block.
  public private(set) var passes = 0
  /// Tokens that came into the passes.
  public private(set) var tokens = 0
  /// How many of them were merged away.
  public private(set) var merged = 0
  /// Smallest cosine similarity of a merged pair; 1 before anything was merged.
  public private(set) var minimumSimilarity: Double = 1
  private var similaritySum: Double = 0
  /// Merged pairs whose similarity is known.
  private var compared = 0

  package init() {}

  init(passes: Int, tokens: Int, merged: Int) {
    (self.passes, self.tokens, self.merged) = (passes, tokens, merged)
  }

  init(_ matching: BipartiteMatching) {
    for (similarity, chosen) in zip(matching.similarity, matching.mergedSources) {
      passes += 1
      tokens += matching.sources.count + matching.destinations.count
      merged += chosen.count
      compared += chosen.count
      for source in chosen {
        similaritySum += Double(similarity[source])
        minimumSimilarity = min(minimumSimilarity, Double(similarity[source]))
      }
    }
  }

  mutating func add(_ other: MergingTally) {
    passes += other.passes
    tokens += other.tokens
    merged += other.merged
    minimumSimilarity = min(minimumSimilarity, other.minimumSimilarity)
    similaritySum += other.similaritySum
    compared += other.compared
  }

  /// Tokens that a pass went on with, on average.
  public var tokensKept: Double { passes > 0 ? Double(tokens - merged) / Double(passes) : 0 }
  /// The share of tokens merged away.
  public var effectiveRatio: Double { tokens > 0 ? Double(merged) / Double(tokens) : 0 }
  /// Mean cosine similarity of the merged pairs, nil before anything was merged and where nothing is compared.
  public var meanSimilarity: Double? { compared > 0 ? similaritySum / Double(compared) : nil }
}
