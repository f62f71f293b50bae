import CKernels

extension Tensor {
  /// `max(x, 0)`.
  package func relu() -> Tensor { activated(ck_relu) }
  /// `x · σ(x)`.
  package func silu() -> Tensor { activated(ck_silu) }
  /// The exact GELU, `x · Φ(x)` with the error function.
  package func gelu() -> Tensor { activated(ck_gelu) }
  /// OpenAI's approximation of GELU, `x · σ(1.702 x)`.
  package func quickGELU() -> Tensor { activated(ck_quick_gelu) }

  private func activated(_ kernel: (UnsafeMutablePointer<Float>?, Int) -> Void) -> Tensor {
    mappedRows { source, target, rows in
      target.update(from: source, count: rows * shape.last)
      kernel(target, rows * shape.last)
    }
  }
}
