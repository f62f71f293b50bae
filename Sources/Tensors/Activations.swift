import CKernels

extension Tensor {
  /// `max(x, 0)`.
  public func relu() -> Tensor { activated(ck_relu) }
  /// `x · σ(x)`.
  public func silu() -> Tensor { activated(ck_silu) }
  /// The exact GELU, `x · Φ(x)` with the error function.
  public func gelu() -> Tensor { activated(ck_gelu) }
  /// OpenAI's approximation of GELU, `x · σ(1.702 x)`.
  public func quickGELU() -> Tensor { activated(ck_quick_gelu) }

  private func activated(_ kernel: (UnsafeMutablePointer<Float>?, Int) -> Void) -> Tensor {
    mappedRows { source, target, rows in
      target.update(from: source, count: rows * shape.last)
      kernel(target, rows * shape.last)
    }
  }

  /// The gated GELU of Shazeer 2020 on `[..., 2n]`: first half times `gelu` of the second.
  /// - Returns: `[..., n]`
  public func geglu() -> Tensor {
    precondition(shape.last % 2 == 0, "GEGLU of \(shape)")
    let n = shape.last / 2
    return withUnsafeBuffer { source in
      Tensor(uninitialized: Shape(shape.dimensions.dropLast() + [n])) { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        Parallel.forEachChunk(of: shape.rows, size: max(1, 32768 / n)) { rows in
          let value = source + rows.lowerBound * 2 * n
          ck_geglu(value, value + n, 2 * n, target + rows.lowerBound * n, n, rows.count, n)
        }
      }
    }
  }
}
