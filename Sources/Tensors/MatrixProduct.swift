import CKernels
import COpenBLAS

/// `out += a · bᵀ` on one thread, with a `[m, k]`, b `[n, k]`, out `[m, n]`, row-major
/// with the given leading dimensions; `out` starts at zero when `accumulate` is false.
func multiplyTransposed(
  m: Int, n: Int, k: Int,
  _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int,
  into out: UnsafeMutablePointer<Float>, _ ldc: Int, accumulate: Bool
) {
  guard !Rehearsal.isOn else { return }
  cblas_sgemm(
    CblasRowMajor, CblasNoTrans, CblasTrans, blasint(m), blasint(n), blasint(k), 1,
    a, blasint(lda), b, blasint(ldb), accumulate ? 1 : 0, out, blasint(ldc))
}

/// `out += a · b` on one thread, with b `[k, n]`.
func multiply(
  m: Int, n: Int, k: Int,
  _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int,
  into out: UnsafeMutablePointer<Float>, _ ldc: Int, accumulate: Bool
) {
  guard !Rehearsal.isOn else { return }
  cblas_sgemm(
    CblasRowMajor, CblasNoTrans, CblasNoTrans, blasint(m), blasint(n), blasint(k), 1,
    a, blasint(lda), b, blasint(ldb), accumulate ? 1 : 0, out, blasint(ldc))
}

/// How a product `[m, k] · [n, k]ᵀ` is cut into blocks that threads take.
///
/// The cut depends on the shape alone. Every block of rows packs all of its columns
/// of `b` once, which is lost in the product from about 400 rows on: rows are cut in
/// blocks of at least 512 first, columns then.
struct ProductBlocks {
  let rows: Int
  let columns: Int
  let rowSize: Int
  let columnSize: Int

  init(m: Int, n: Int) {
    let rowBlocks = max(1, min(16, m / 512))
    let columnBlocks = max(1, min(8 / rowBlocks, n / 64))
    rowSize = Self.round((m + rowBlocks - 1) / rowBlocks, to: 8)
    columnSize = Self.round((n + columnBlocks - 1) / columnBlocks, to: 16)
    rows = (m + rowSize - 1) / rowSize
    columns = (n + columnSize - 1) / columnSize
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
/// - Returns: `[..., n]`
public func linear(_ x: Tensor, weight: Tensor, bias: Tensor? = nil, adding residual: Tensor? = nil) -> Tensor
{
  let k = x.shape.last
  let n = weight.shape[0]
  precondition(weight.shape == [n, k], "linear of \(x.shape) with weight \(weight.shape)")
  precondition(bias.map { $0.count == n } ?? true, "bias \(bias?.shape ?? []) for \(n) outputs")
  let m = x.count / max(k, 1)
  let shape = Shape(x.shape.dimensions.dropLast() + [n])
  precondition(
    residual.map { $0.shape == shape } ?? true, "residual \(residual?.shape ?? []), expected \(shape)")
  return x.withUnsafeBuffer { x in
    weight.withUnsafeBuffer { weight in
      withOptionalBase(bias) { bias in
        withOptionalBase(residual) { residual in
          Tensor(uninitialized: shape) { out in
            guard let x = x.baseAddress, let weight = weight.baseAddress, let out = out.baseAddress else {
              return
            }
            linear(m: m, n: n, k: k, x, weight, bias: bias, residual: residual, into: out)
          }
        }
      }
    }
  }
}

/// The pointer form of ``linear(_:weight:bias:adding:)``, rows contiguous.
func linear(
  m: Int, n: Int, k: Int, _ x: UnsafePointer<Float>, _ weight: UnsafePointer<Float>,
  bias: UnsafePointer<Float>?, residual: UnsafePointer<Float>?, into out: UnsafeMutablePointer<Float>
) {
  let blocks = ProductBlocks(m: m, n: n)
  Parallel.forEach(blocks.rows * blocks.columns) { block in
    let row = block / blocks.columns * blocks.rowSize
    let column = block % blocks.columns * blocks.columnSize
    let height = min(blocks.rowSize, m - row)
    let width = min(blocks.columnSize, n - column)
    let offset = row * n + column
    let prepared = bias != nil || residual != nil
    if prepared {
      ck_fill_rows(
        out + offset, bias.map { $0 + column }, residual.map { $0 + offset }, height, width, n)
    }
    multiplyTransposed(
      m: height, n: width, k: k, x + row * k, k, weight + column * k, k, into: out + offset, n,
      accumulate: prepared)
  }
}

/// Calls `body` with the tensor's elements, or with nil.
func withOptionalBase<R>(_ tensor: Tensor?, _ body: (UnsafePointer<Float>?) -> R) -> R {
  guard let tensor else { return body(nil) }
  return tensor.withUnsafeBuffer { body($0.baseAddress) }
}

/// For every row of `a` `[m, k]` the largest dot product with a row of `b` `[n, k]`,
/// and which row that is; computed on the calling thread.
public func largestProducts(
  _ a: Tensor, _ b: Tensor, value: UnsafeMutablePointer<Float>, position: UnsafeMutablePointer<Int32>
) {
  let (m, n, k) = (a.shape[0], b.shape[0], a.shape.last)
  precondition(b.shape.last == k && n > 0, "products of \(a.shape) and \(b.shape)")
  a.withUnsafeBuffer { a in
    b.withUnsafeBuffer { b in
      guard let a = a.baseAddress, let b = b.baseAddress else { return }
      withScratch(m * n) { scores in
        multiplyTransposed(m: m, n: n, k: k, a, k, b, k, into: scores, n, accumulate: false)
        ck_argmax_rows(scores, m, n, n, value, position)
      }
    }
  }
}
