import Tensors

extension Tensor {
  /// Σ coefficient · tensor, element by element, summed in double precision and
  /// rounded once: every scheduler step is one of these.
  static func linearCombination(_ terms: [(coefficient: Double, tensor: Tensor)]) -> Tensor {
    precondition(!terms.isEmpty, "nothing to combine")
    let shape = terms[0].tensor.shape
    var sum = [Double](repeating: 0, count: shape.count)
    for (coefficient, tensor) in terms {
      precondition(tensor.shape == shape, "shapes \(shape) and \(tensor.shape) differ")
      tensor.withUnsafeBuffer { values in
        for i in sum.indices { sum[i] += coefficient * Double(values[i]) }
      }
    }
    return Tensor(uninitialized: shape) { target in
      for i in sum.indices { target[i] = Float(sum[i]) }
    }
  }

  /// Standard normal noise of the channels-last `shape` `[batch, height, width, channels]`,
  /// with the values that torch draws for `[batch, channels, height, width]`.
  static func noise(_ shape: Shape, from generator: inout TorchGenerator) -> Tensor {
    channelsLast(generator.randn(shape.count), shape)
  }

  /// The channels-last `shape` `[batch, height, width, channels]` of values in torch's order,
  /// `[batch, channels, height, width]`.
  static func channelsLast(_ values: [Float], _ shape: Shape) -> Tensor {
    precondition(shape.rank == 4, "latents have shape \(shape), expected [batch, height, width, channels]")
    let (area, channels) = (shape[1] * shape[2], shape[3])
    return Tensor(uninitialized: shape) { target in
      for batch in 0..<shape[0] {
        for position in 0..<area {
          for channel in 0..<channels {
            target[(batch * area + position) * channels + channel] =
              values[(batch * channels + channel) * area + position]
          }
        }
      }
    }
  }
}
