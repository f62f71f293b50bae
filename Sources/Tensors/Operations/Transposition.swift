import CKernels

extension Tensor {
  /// The two innermost axes the other way round: `[..., n, m]` → `[..., m, n]`.
  package func transposed() -> Tensor {
    precondition(shape.rank >= 2, "a tensor of shape \(shape) cannot be turned round")
    let (rows, columns) = (shape[-2], shape[-1])
    let outer = shape.dimensions.dropLast(2)
    return withUnsafeBuffer { source in
      Tensor(uninitialized: Shape(outer + [columns, rows])) { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        Parallel.forEach(outer.reduce(1, *)) { index in
          let start = index * rows * columns
          ck_transpose(source + start, rows, columns, columns, target + start, rows)
        }
      }
    }
  }
}
