import CKernels

/// Rows `[n, k]` whose products with other rows are asked for by their largest only: the
/// matrix of all products never exists.
package struct LargestProducts: Sendable {
  private let n: Int
  private let product: PanelProduct
  /// The rows as the product takes its columns.
  private let packed: Tensor

  /// - Parameter rows: `[n, k]`, n > 0
  package init(_ rows: Tensor) {
    precondition(rows.shape.rank == 2 && rows.shape[0] > 0, "largest products with rows \(rows.shape)")
    let (n, k) = (rows.shape[0], rows.shape[1])
    let product = PanelProduct(k: k, precision: .fp32, backend: .current)
    (self.n, self.product) = (n, product)
    packed = rows.withUnsafeBuffer { rows in
      Tensor(uninitialized: [product.packedCount(columns: n)]) { packed in
        guard let rows = rows.baseAddress, let packed = packed.baseAddress else { return }
        Parallel.forEachChunk(of: n, size: 128) { part in
          product.pack(
            rows: rows + part.lowerBound * k, ld: k, count: part.count, into: packed + part.lowerBound * k)
        }
      }
    }
  }

  /// For every row of `x` the largest dot product with the rows, and the first row that
  /// has it; computed on the calling thread, a tile of products at a time.
  ///
  /// - Parameters:
  ///   - x: `[m, k]`
  ///   - value: room for m products
  ///   - position: room for m row numbers
  package func find(
    _ x: Tensor, value: UnsafeMutablePointer<Float>, position: UnsafeMutablePointer<Int32>
  ) {
    precondition(
      x.shape.last == product.k, "products of \(x.shape) with rows of \(product.k)")
    let m = x.shape.rows
    let tile = min(n, max(32, 32_768 / max(m, 1) / 32 * 32))
    value.update(repeating: -.infinity, count: m)
    position.update(repeating: 0, count: m)
    x.withUnsafeBuffer { x in
      packed.withUnsafeBuffer { packed in
        guard let x = x.baseAddress, let packed = packed.baseAddress else { return }
        withScratch(m * tile) { products in
          for first in stride(from: 0, to: n, by: tile) {
            let columns = min(tile, n - first)
            product.multiply(
              m: m, n: columns, .init(base: x, ld: product.k), product.packed(packed, from: first),
              into: products, tile, accumulate: false)
            ck_update_argmax_rows(products, m, columns, tile, Int32(first), value, position)
          }
        }
      }
    }
  }
}
