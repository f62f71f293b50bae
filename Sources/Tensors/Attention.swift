import CKernels

/// How attention is computed; both give the same numbers up to rounding.
public enum AttentionKernel: String, Sendable, CaseIterable, Codable {
  /// Tiles of queries and keys with an online softmax; memory linear in the tokens.
  case tiled
  /// Whole rows of the N×M score matrix at once.
  case plain
}

/// Multi-head attention `softmax(q·kᵀ / √d) · v` (Vaswani et al. 2017), as torch's
/// `scaled_dot_product_attention`.
///
/// The tiled kernel keeps a running maximum and sum per query (Milakov & Gimelshein
/// 2018, Dao et al. 2022), so that no N×M matrix ever exists.
///
/// - Parameters:
///   - query: `[batch, n, heads · d]`
///   - key: `[batch, m, heads · d]`
///   - value: `[batch, m, heads · d]`
///   - causal: position i sees only positions 0…i of the keys
///   - precision: of the two products; the softmax is in fp32
/// - Returns: `[batch, n, heads · d]`
public func scaledDotProductAttention(
  query: Tensor, key: Tensor, value: Tensor, heads: Int, causal: Bool = false,
  kernel: AttentionKernel = .tiled, precision: Precision = .fp32
) -> Tensor {
  precondition(
    query.shape.rank == 3 && key.shape == value.shape && query.shape[0] == key.shape[0]
      && query.shape.last == key.shape.last && query.shape.last % heads == 0,
    "attention of query \(query.shape), key \(key.shape), value \(value.shape) with \(heads) heads")
  let tiles = AttentionTiles(
    queries: query.shape[1], keys: key.shape[1], width: query.shape.last, heads: heads, causal: causal,
    kernel: kernel, precision: precision)
  let pairs = query.shape[0] * heads
  return query.withUnsafeBuffer { query in
    key.withUnsafeBuffer { key in
      value.withUnsafeBuffer { value in
        Tensor(uninitialized: [pairs / heads, tiles.queries, tiles.width]) { out in
          guard let query = query.baseAddress, let key = key.baseAddress, let value = value.baseAddress,
            let target = out.baseAddress
          else { return }
          withScratch(pairs * tiles.packedCount) { packed in
            Parallel.forEach(pairs) { pair in
              let offset = tiles.offset(ofPair: pair, heads: heads, tokens: tiles.keys)
              tiles.pack(key: key + offset, value: value + offset, into: packed + pair * tiles.packedCount)
            }
            // Blocks of one head are neighbours, so that threads share its keys in the cache.
            Parallel.forEach(pairs * tiles.blocksPerHead) { index in
              let (pair, block) = index.quotientAndRemainder(dividingBy: tiles.blocksPerHead)
              let offset = tiles.offset(ofPair: pair, heads: heads, tokens: tiles.queries)
              tiles.attend(
                block: block, query: query + offset, packed: packed + pair * tiles.packedCount,
                into: target + offset)
            }
          }
        }
      }
    }
  }
}

/// The work of one head: its keys and values are packed once, then blocks of queries meet
/// tiles of them.
private struct AttentionTiles {
  let queries, keys, width, headWidth, queryBlock, keyBlock: Int
  let causal: Bool
  let scale: Float
  private let scores: PanelProduct

  init(
    queries: Int, keys: Int, width: Int, heads: Int, causal: Bool, kernel: AttentionKernel,
    precision: Precision
  ) {
    self.queries = queries
    self.keys = keys
    self.width = width
    headWidth = width / heads
    // Scores of 112 queries (eight tiles of a product) and 512 keys stay in a second-level cache.
    queryBlock = 112
    keyBlock = kernel == .tiled ? min(keys, 512) : keys
    self.causal = causal
    scale = 1 / Float(headWidth).squareRoot()
    scores = PanelProduct(k: headWidth, precision: precision)
  }

  var blocksPerHead: Int { (queries + queryBlock - 1) / queryBlock }

  /// Where a head starts in `[batch, tokens, width]`; rows are `width` apart.
  func offset(ofPair pair: Int, heads: Int, tokens: Int) -> Int {
    let (image, head) = pair.quotientAndRemainder(dividingBy: heads)
    return image * tokens * width + head * headWidth
  }

  /// The product of the weights with the values of `count` keys.
  private func mixing(_ count: Int) -> PanelProduct {
    PanelProduct(k: count, precision: scores.precision)
  }

  /// Floats of a head's packed keys, and of both keys and values, whole tiles of them.
  private var packedKeys: Int { tileCount * scores.packedCount(columns: keyBlock) }
  var packedCount: Int { packedKeys + tileCount * mixing(keyBlock).packedCount(columns: headWidth) }
  private var tileCount: Int { (keys + keyBlock - 1) / keyBlock }

  func pack(
    key: UnsafePointer<Float>, value: UnsafePointer<Float>, into packed: UnsafeMutablePointer<Float>
  ) {
    for tile in 0..<tileCount {
      let first = tile * keyBlock
      let count = min(keyBlock, keys - first)
      scores.pack(
        rows: key + first * width, ld: width, count: count,
        into: packed + tile * scores.packedCount(columns: keyBlock))
      mixing(count).pack(
        columns: value + first * width, ld: width, count: headWidth,
        into: packed + packedKeys + tile * mixing(keyBlock).packedCount(columns: headWidth))
    }
  }

  /// Pointers stand at the first element of the head.
  func attend(
    block: Int, query: UnsafePointer<Float>, packed: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let first = block * queryBlock
    let rows = min(queryBlock, queries - first)
    let roundedQueries = scores.roundedCount(rows: rows)
    let roundedWeights = mixing(keyBlock).roundedCount(rows: rows)
    withScratch(rows * (keyBlock + headWidth + 2) + roundedQueries + roundedWeights) { scratch in
      let accumulated = scratch + rows * keyBlock
      let maximum = accumulated + rows * headWidth
      let sum = maximum + rows
      let rounded = sum + rows
      accumulated.update(repeating: 0, count: rows * headWidth)
      maximum.update(repeating: -.greatestFiniteMagnitude, count: rows)
      sum.update(repeating: 0, count: rows)
      let queries = scores.left(query + first * width, ld: width, rows: rows, rounded: rounded)
      for tile in 0..<tileCount {
        let start = tile * keyBlock
        guard !causal || start < first + rows else { break }
        let columns = min(keyBlock, keys - start)
        scores.multiply(
          m: rows, n: columns, queries, packed + tile * scores.packedCount(columns: keyBlock),
          into: scratch, columns, accumulate: false)
        ck_online_softmax(
          scratch, rows, columns, columns, scale, causal ? first + 1 - start : keys, maximum, sum,
          accumulated, headWidth, headWidth)
        let mixing = mixing(columns)
        mixing.multiply(
          m: rows, n: headWidth,
          mixing.left(scratch, ld: columns, rows: rows, rounded: rounded + roundedQueries),
          packed + packedKeys + tile * self.mixing(keyBlock).packedCount(columns: headWidth),
          into: accumulated, headWidth, accumulate: true)
      }
      ck_divide_rows(accumulated, sum, rows, headWidth, headWidth)
      for row in 0..<rows {
        (out + (first + row) * width).update(from: accumulated + row * headWidth, count: headWidth)
      }
    }
  }
}
