import CKernels

/// Group normalisation (Wu & He 2018) over channels-last maps, optionally followed by SiLU.
///
/// - Parameters:
///   - x: `[batch, ..., channels]`; a group's statistics run over all but the batch
///   - gamma: `[channels]`
///   - beta: `[channels]`
package func groupNorm(
  _ x: Tensor, groups: Int, gamma: Tensor, beta: Tensor, epsilon: Float, silu: Bool = false
) -> Tensor {
  groupNormAffine(of: x, groups: groups, gamma: gamma, beta: beta, epsilon: epsilon)(x, silu: silu)
}

/// What group normalisation of `x` comes to once its moments are known; the parameters are those of
/// ``groupNorm(_:groups:gamma:beta:epsilon:silu:)``.
///
/// Moments are summed in double precision in blocks whose size does not depend on
/// the number of threads.
package func groupNormAffine(
  of x: Tensor, groups: Int, gamma: Tensor, beta: Tensor, epsilon: Float
) -> ChannelAffine {
  let channels = x.shape.last
  precondition(
    channels % groups == 0 && gamma.count == channels && beta.count == channels,
    "group norm of \(x.shape) with \(groups) groups, gamma \(gamma.shape), beta \(beta.shape)")
  let batch = x.shape[0]
  let rows = x.count / max(batch * channels, 1)
  return x.withUnsafeBuffer { x in
    gamma.withUnsafeBuffer { gamma in
      beta.withUnsafeBuffer { beta in
        guard let x = x.baseAddress else { return ChannelAffine(scale: [], shift: []) }
        let moments = channelMoments(
          x, batch: batch, rows: rows, channels: channels, block: ChannelAffine.block,
          blocks: (rows + ChannelAffine.block - 1) / ChannelAffine.block)
        let (scale, shift) = affine(
          moments, batch: batch, rows: rows, channels: channels, groups: groups, gamma: gamma, beta: beta,
          epsilon: epsilon)
        return ChannelAffine(scale: scale, shift: shift)
      }
    }
  }
}

/// A factor and a summand for every image and channel, which can be applied to a part of the map that they
/// were found on.
package struct ChannelAffine: Sendable {
  /// Rows whose moments are summed before those of others.
  fileprivate static let block = 512

  /// `[batch · channels]` each.
  let scale: [Float]
  let shift: [Float]

  /// `scale · x + shift`, optionally followed by SiLU.
  /// - Parameter x: `[batch, ..., channels]`
  package func callAsFunction(_ x: Tensor, silu: Bool = false) -> Tensor {
    let (batch, channels) = (x.shape[0], x.shape.last)
    let block = max(1, Tensor.elementsAtOnce / max(channels, 1))
    precondition(scale.count == batch * channels, "\(scale.count) factors for \(x.shape)")
    let rows = x.count / max(batch * channels, 1)
    let blocks = (rows + block - 1) / block
    return x.withUnsafeBuffer { x in
      Tensor(uninitialized: [batch, rows, channels]) { out in
        guard let x = x.baseAddress, let out = out.baseAddress else { return }
        scale.withUnsafeBufferPointer { scale in
          shift.withUnsafeBufferPointer { shift in
            Parallel.forEach(batch * blocks) { index in
              let (image, part) = index.quotientAndRemainder(dividingBy: blocks)
              let first = part * block
              let offset = (image * rows + first) * channels
              ck_affine_rows(
                x + offset, scale.baseAddress.map { $0 + image * channels },
                shift.baseAddress.map { $0 + image * channels }, out + offset, min(block, rows - first),
                channels, silu ? 1 : 0)
            }
          }
        }
      }
    }.reshaped(x.shape)
  }
}

/// Sums and sums of squares per image and channel: `[batch, channels]` each.
///
/// Where there are fewer than 16 blocks, threads take some of their channels each.
private func channelMoments(
  _ x: UnsafePointer<Float>, batch: Int, rows: Int, channels: Int, block: Int, blocks: Int
) -> (sum: [Double], squares: [Double]) {
  var partial = [Double](repeating: 0, count: batch * blocks * 2 * channels)
  let slices = max(1, min(16, batch * rows * channels / Tensor.elementsAtOnce) / max(batch * blocks, 1))
  // Whole cache lines.
  let width = max(1, (channels + 16 * slices - 1) / (16 * slices)) * 16
  let count = (channels + width - 1) / width
  partial.withUnsafeMutableBufferPointer { partial in
    guard let base = partial.baseAddress else { return }
    Parallel.forEach(batch * blocks * count) { index in
      let (place, slice) = index.quotientAndRemainder(dividingBy: count)
      let (image, part) = place.quotientAndRemainder(dividingBy: blocks)
      let (row, channel) = (part * block, slice * width)
      let sum = base + place * 2 * channels + channel
      ck_channel_moments(
        x + (image * rows + row) * channels + channel, min(block, rows - row), min(width, channels - channel),
        channels, sum, sum + channels)
    }
  }
  var sum = [Double](repeating: 0, count: batch * channels)
  var squares = sum
  partial.withUnsafeBufferPointer { partial in
    sum.withUnsafeMutableBufferPointer { sum in
      squares.withUnsafeMutableBufferPointer { squares in
        for index in 0..<(batch * blocks) {
          let (first, from) = (index / blocks * channels, index * 2 * channels)
          for channel in 0..<channels {
            sum[first + channel] += partial[from + channel]
            squares[first + channel] += partial[from + channels + channel]
          }
        }
      }
    }
  }
  return (sum, squares)
}

/// Folds a group's mean and variance with gamma and beta into one multiply-add per channel.
private func affine(
  _ moments: (sum: [Double], squares: [Double]), batch: Int, rows: Int, channels: Int, groups: Int,
  gamma: UnsafeBufferPointer<Float>, beta: UnsafeBufferPointer<Float>, epsilon: Float
) -> (scale: [Float], shift: [Float]) {
  let width = channels / groups
  let count = Double(rows * width)
  var scale = [Float](repeating: 0, count: batch * channels)
  var shift = scale
  for image in 0..<batch {
    for group in 0..<groups {
      let first = image * channels + group * width
      let mean = moments.sum[first..<(first + width)].reduce(0, +) / count
      let square = moments.squares[first..<(first + width)].reduce(0, +) / count
      let inverse = 1 / (max(square - mean * mean, 0) + Double(epsilon)).squareRoot()
      for offset in 0..<width {
        let channel = group * width + offset
        let factor = inverse * Double(gamma[channel])
        scale[first + offset] = Float(factor)
        shift[first + offset] = Float(Double(beta[channel]) - mean * factor)
      }
    }
  }
  return (scale, shift)
}

/// Layer normalisation (Ba et al. 2016) along the last axis.
package func layerNorm(_ x: Tensor, gamma: Tensor, beta: Tensor, epsilon: Float) -> Tensor {
  let n = x.shape.last
  precondition(gamma.count == n && beta.count == n, "layer norm of \(x.shape) with gamma \(gamma.shape)")
  return gamma.withUnsafeBuffer { gamma in
    beta.withUnsafeBuffer { beta in
      x.mappedRows { source, target, rows in
        ck_layer_norm(source, gamma.baseAddress, beta.baseAddress, epsilon, target, rows, n)
      }
    }
  }
}

extension Tensor {
  /// Every row along the last axis divided by its Euclidean length.
  package func rowsNormalized() -> Tensor {
    let n = shape.last
    return mappedRows { ck_normalize_rows($0, nil, $1, $2, n) }
  }

  /// How many numbers a thread takes at a time of what costs half a nanosecond each.
  fileprivate static let elementsAtOnce = 32768

  /// A tensor of the same shape whose rows `body` computes from blocks of rows of this one.
  func mappedRows(
    _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, _ rows: Int) -> Void
  ) -> Tensor {
    let n = shape.last
    return TimeSplit.measure(.elementwise) {
      withUnsafeBuffer { source in
        Tensor(uninitialized: shape) { target in
          guard let source = source.baseAddress, let target = target.baseAddress, n > 0 else { return }
          Parallel.forEachChunk(of: count / n, size: max(1, Self.elementsAtOnce / n)) { rows in
            body(source + rows.lowerBound * n, target + rows.lowerBound * n, rows.count)
          }
        }
      }
    }
  }
}
