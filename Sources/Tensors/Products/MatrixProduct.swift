import CKernels

/// How a product `[m, k] · [n, k]ᵀ` is cut into blocks that threads take.
///
/// Results of the kernels do not depend on the cut. Every block of rows packs all of its columns once, and every block
/// of columns reads all of its rows: from 256 rows and two panels of columns on, neither is seen in the time. There are
/// some hundred blocks where a product is large enough, so that 16 threads and other numbers of them end together.
/// OpenBLAS, which packs rows for every call, too, is given blocks of 1024 rows and four panels.
struct ProductBlocks {
  private let m, n, rowSize, columnSize, columns: Int
  let count: Int

  init(m: Int, n: Int, of product: PanelProduct) {
    self.m = m
    self.n = n
    let (rows, panels, aim) = product.packsRows ? (1024, 4, 16) : (256, m < 256 ? 1 : 2, 128)
    // Some 20 µs each at least; packing weights, or fetching them, takes as long as some rows do.
    let most = max(1, (m + 32) * n * product.k / 1_200_000)
    let rowBlocks = max(1, min(16, m / rows, most))
    let columnBlocks = max(1, min(aim / rowBlocks, n / (32 * panels), most / rowBlocks))
    // Whole tiles of 14 rows and whole panels of 32 columns.
    rowSize = Self.round((m + rowBlocks - 1) / rowBlocks, to: 14)
    columnSize = Self.round((n + columnBlocks - 1) / columnBlocks, to: 32)
    columns = (n + columnSize - 1) / columnSize
    count = (m + rowSize - 1) / rowSize * columns
  }

  subscript(block: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let row = block / columns * rowSize
    let column = block % columns * columnSize
    return (row..<min(row + rowSize, m), column..<min(column + columnSize, n))
  }

  private static func round(_ value: Int, to multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
  }
}

/// `x · weightᵀ + bias + residual`, the affine map of a linear layer.
///
/// - Parameters:
///   - x: `[..., k]`
///   - weight: `[n, k]`, as torch stores it
///   - bias: `[n]`
///   - residual: `[..., n]`, added to the result
///   - precision: of the product; bias and residual are added in fp32
/// - Returns: `[..., n]`
package func linear(
  _ x: Tensor, weight: StoredTensor, bias: Tensor? = nil, adding residual: Tensor? = nil,
  precision: Precision = .fp32
) -> Tensor {
  let k = x.shape.last
  let n = weight.shape[0]
  precondition(weight.shape.count == n * k, "linear of \(x.shape) with weight \(weight.shape)")
  precondition(bias.map { $0.count == n } ?? true, "bias \(bias?.shape ?? []) for \(n) outputs")
  let m = x.count / max(k, 1)
  OperationCount.note(m * n * k)
  let shape = Shape(x.shape.dimensions.dropLast() + [n])
  precondition(
    residual.map { $0.shape == shape } ?? true, "residual \(residual?.shape ?? []), expected \(shape)")
  return x.withUnsafeBuffer { x in
    withOptionalBase(bias) { bias in
      withOptionalBase(residual) { residual in
        Tensor(uninitialized: shape) { out in
          guard let x = x.baseAddress, let out = out.baseAddress, n > 0, k > 0 else { return }
          linear(
            m: m, n: n, k: k, x, weight, bias: bias, residual: residual, into: out, precision: precision)
        }
      }
    }
  }
}

/// The pointer form of ``linear(_:weight:bias:adding:precision:)``, rows contiguous.
func linear(
  m: Int, n: Int, k: Int, _ x: UnsafePointer<Float>, _ weight: StoredTensor, bias: UnsafePointer<Float>?,
  residual: UnsafePointer<Float>?, into out: UnsafeMutablePointer<Float>, precision: Precision
) {
  let product = PanelProduct(k: k, precision: precision, backend: .current)
  product.withLeft(x, rows: m) { x in
    linear(m: m, n: n, product, x, weight, bias: bias, residual: residual, into: out)
  }
}

/// The same of rows that are laid out for a product; with `taps`, of a convolution's patches and weight.
func linear(
  m: Int, n: Int, _ product: PanelProduct, _ x: PanelProduct.LeftOperand, _ weight: StoredTensor,
  taps: Int = 1, bias: UnsafePointer<Float>?, residual: UnsafePointer<Float>?,
  into out: UnsafeMutablePointer<Float>
) {
  let blocks = ProductBlocks(m: m, n: n, of: product)
  let weights = WeightColumns(weight, taps: taps, of: product)
  Parallel.forEach(blocks.count) { block in
    let (rows, columns) = blocks[block]
    if let residual {
      // Sooner than where it is needed: a tile's rows of it would each be waited for.
      let offset = rows.lowerBound * n + columns.lowerBound
      ck_add_to_rows(
        residual + offset, bias.map { $0 + columns.lowerBound }, out + offset, rows.count, columns.count, n)
    }
    let group = min(product.columnsAtOnce, columns.count)
    withScratch(weights.scratchCount(group)) { scratch in
      for first in stride(from: columns.lowerBound, to: columns.upperBound, by: group) {
        let part = first..<min(first + group, columns.upperBound)
        let target = out + rows.lowerBound * n + first
        weights.withRange(part, scratch: scratch) { weights in
          product.multiply(
            m: rows.count, n: part.count, x, from: rows.lowerBound, weights,
            startingFrom: residual == nil ? bias.map { ($0 + first, 0) } : (UnsafePointer(target), n),
            into: target, n)
        }
      }
    }
  }
}

/// Calls `body` with the tensor's elements, or with nil.
func withOptionalBase<R>(_ tensor: Tensor?, _ body: (UnsafePointer<Float>?) -> R) -> R {
  guard let tensor else { return body(nil) }
  return tensor.withUnsafeBuffer { body($0.baseAddress) }
}
