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
/// 2018, Dao et al. 2022), so that no N×M matrix ever exists. Scores are computed
/// transposed: see ``AttentionTiles``.
///
/// - Parameters:
///   - query: `[batch, n, heads · d]`
///   - key: `[batch, m, heads · d]`
///   - value: `[batch, m, heads · d]`
///   - causal: position i sees only positions 0…i of the keys
///   - precision: of the two products; the softmax is in fp32
/// - Returns: `[batch, n, heads · d]`
package func scaledDotProductAttention(
  query: Tensor, key: Tensor, value: Tensor, heads: Int, causal: Bool = false,
  kernel: AttentionKernel = .tiled, precision: Precision = .fp32
) -> Tensor {
  scaledDotProductAttention(
    query: query, key: key, value: value, heads: heads, causal: causal, kernel: kernel, precision: precision,
    backend: .current)
}

func scaledDotProductAttention(
  query: Tensor, key: Tensor, value: Tensor, heads: Int, causal: Bool, kernel: AttentionKernel,
  precision: Precision, backend: ProductBackend
) -> Tensor {
  precondition(
    query.shape.rank == 3 && key.shape == value.shape && query.shape[0] == key.shape[0]
      && query.shape.last == key.shape.last && query.shape.last % heads == 0,
    "attention of query \(query.shape), key \(key.shape), value \(value.shape) with \(heads) heads")
  let tiles = AttentionTiles(
    queries: query.shape[1], keys: key.shape[1], width: query.shape.last, heads: heads, causal: causal,
    kernel: kernel, precision: precision, backend: backend)
  let images = query.shape[0]
  let imagesAtOnce = tiles.imagesAtOnce(of: images, heads: heads)
  // Scores, and values weighted by them.
  OperationCount.note(2 * query.shape[0] * query.shape[1] * key.shape[1] * query.shape.last)
  return query.withUnsafeBuffer { query in
    key.withUnsafeBuffer { key in
      value.withUnsafeBuffer { value in
        Tensor(uninitialized: [images, tiles.queries, tiles.width]) { out in
          guard let query = query.baseAddress, let key = key.baseAddress, let value = value.baseAddress,
            let target = out.baseAddress
          else { return }
          withScratch(imagesAtOnce * heads * tiles.packedCount) { packed in
            for image in stride(from: 0, to: images, by: imagesAtOnce) {
              let (first, pairs) = (image * heads, min(imagesAtOnce, images - image) * heads)
              Parallel.forEach(pairs) { pair in
                let offset = tiles.offset(ofPair: first + pair, heads: heads, tokens: tiles.keys)
                tiles.pack(key: key + offset, value: value + offset, into: packed + pair * tiles.packedCount)
              }
              // Blocks of one head are neighbours, so that threads share its keys in the cache.
              Parallel.forEach(pairs * tiles.blocksPerHead) { index in
                let (pair, block) = index.quotientAndRemainder(dividingBy: tiles.blocksPerHead)
                let offset = tiles.offset(ofPair: first + pair, heads: heads, tokens: tiles.queries)
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
}
