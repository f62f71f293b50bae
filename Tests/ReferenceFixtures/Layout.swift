public import Tensors

extension Tensor {
  /// `[B, C, H, W]`, torch's layout, as `[B, H, W, C]`, ours.
  public func channelsLast() -> Tensor { permuted([0, 2, 3, 1]) }

  /// `[B, H, W, C]`, our layout, as `[B, C, H, W]`, torch's.
  public func channelsFirst() -> Tensor { permuted([0, 3, 1, 2]) }

  private func permuted(_ axes: [Int]) -> Tensor {
    precondition(shape.rank == 4, "a feature map has four axes, not \(shape)")
    let strides = [shape[1] * shape[2] * shape[3], shape[2] * shape[3], shape[3], 1]
    let (size, step) = (axes.map { shape[$0] }, axes.map { strides[$0] })
    return withUnsafeBuffer { source in
      Tensor(uninitialized: Shape(size)) { target in
        var next = 0
        for i in 0..<size[0] {
          for j in 0..<size[1] {
            for k in 0..<size[2] {
              for l in 0..<size[3] {
                target[next] = source[i * step[0] + j * step[1] + k * step[2] + l * step[3]]
                next += 1
              }
            }
          }
        }
      }
    }
  }
}
