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
/// - Returns: `[batch, n, heads · d]`
public func scaledDotProductAttention(
  query: Tensor, key: Tensor, value: Tensor, heads: Int, causal: Bool = false,
  kernel: AttentionKernel = .tiled
) -> Tensor {
  precondition(
    query.shape.rank == 3 && key.shape == value.shape && query.shape[0] == key.shape[0]
      && query.shape.last == key.shape.last && query.shape.last % heads == 0,
    "attention of query \(query.shape), key \(key.shape), value \(value.shape) with \(heads) heads")
  let tiles = AttentionTiles(
    queries: query.shape[1], keys: key.shape[1], width: query.shape.last, heads: heads, causal: causal,
    kernel: kernel)
  return query.withUnsafeBuffer { query in
    key.withUnsafeBuffer { key in
      value.withUnsafeBuffer { value in
        Tensor(uninitialized: [key.count / max(tiles.keys * tiles.width, 1), tiles.queries, tiles.width]) {
          out in
          guard let query = query.baseAddress, let key = key.baseAddress, let value = value.baseAddress,
            let target = out.baseAddress
          else { return }
          let batch = out.count / (tiles.queries * tiles.width)
          let perHead = tiles.blocksPerHead
          // Blocks of one head are neighbours, so that threads share its keys in the cache.
          Parallel.forEach(batch * heads * perHead) { index in
            let (pair, block) = index.quotientAndRemainder(dividingBy: perHead)
            let (image, head) = pair.quotientAndRemainder(dividingBy: heads)
            let queryOffset = image * tiles.queries * tiles.width + head * tiles.headWidth
            let keyOffset = image * tiles.keys * tiles.width + head * tiles.headWidth
            tiles.attend(
              block: block, query: query + queryOffset, key: key + keyOffset, value: value + keyOffset,
              into: target + queryOffset)
          }
        }
      }
    }
  }
}

/// The work of one block of queries of one head.
private struct AttentionTiles {
  let queries, keys, width, headWidth, queryBlock, keyBlock: Int
  let causal: Bool
  let scale: Float

  init(queries: Int, keys: Int, width: Int, heads: Int, causal: Bool, kernel: AttentionKernel) {
    self.queries = queries
    self.keys = keys
    self.width = width
    headWidth = width / heads
    queryBlock = 256
    keyBlock = kernel == .tiled ? min(keys, 512) : keys
    self.causal = causal
    scale = 1 / Float(headWidth).squareRoot()
  }

  var blocksPerHead: Int { (queries + queryBlock - 1) / queryBlock }

  /// Pointers stand at the first element of the head; rows are `width` apart.
  func attend(
    block: Int, query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let first = block * queryBlock
    let rows = min(queryBlock, queries - first)
    withScratch(rows * (keyBlock + headWidth + 2)) { scratch in
      let accumulated = scratch + rows * keyBlock
      let maximum = accumulated + rows * headWidth
      let sum = maximum + rows
      accumulated.update(repeating: 0, count: rows * headWidth)
      maximum.update(repeating: -.greatestFiniteMagnitude, count: rows)
      sum.update(repeating: 0, count: rows)
      var start = 0
      while start < keys, !causal || start < first + rows {
        let columns = min(keyBlock, keys - start)
        multiplyTransposed(
          m: rows, n: columns, k: headWidth, query + first * width, width, key + start * width, width,
          into: scratch, columns, accumulate: false)
        ck_online_softmax(
          scratch, rows, columns, columns, scale, causal ? first + 1 - start : keys, maximum, sum,
          accumulated,
          headWidth, headWidth)
        multiply(
          m: rows, n: headWidth, k: columns, scratch, columns, value + start * width, width,
          into: accumulated, headWidth, accumulate: true)
        start += columns
      }
      ck_divide_rows(accumulated, sum, rows, headWidth, headWidth)
      for row in 0..<rows {
        (out + (first + row) * width).update(from: accumulated + row * headWidth, count: headWidth)
      }
    }
  }
}
