extension Tensor {
  /// The largest value of every square window, torch's `max_pool2d` without padding, channels last.
  ///
  /// - Parameters:
  ///   - kernel: side of the window; at most the map's smaller side
  ///   - stride: from one window to the next; a margin that no whole window fits into is left out
  /// - Returns: `[batch, (height - kernel) / stride + 1, (width - kernel) / stride + 1, channels]`
  package func maxPooled(kernel: Int, stride: Int) -> Tensor {
    precondition(
      shape.rank == 4 && kernel > 0 && stride > 0 && min(shape[1], shape[2]) >= kernel,
      "max pooling of \(shape) with kernel \(kernel), stride \(stride)")
    let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    let (rows, columns) = ((height - kernel) / stride + 1, (width - kernel) / stride + 1)
    return withUnsafeBuffer { source in
      Tensor(uninitialized: [batch, rows, columns, channels]) { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        Parallel.forEachChunk(of: batch * rows, size: 4) { chunk in
          for row in chunk {
            let (image, y) = row.quotientAndRemainder(dividingBy: rows)
            for x in 0..<columns {
              let corner = source + ((image * height + y * stride) * width + x * stride) * channels
              let result = target + (row * columns + x) * channels
              result.update(from: corner, count: channels)
              for place in 1..<(kernel * kernel) {
                let pixel = corner + (place / kernel * width + place % kernel) * channels
                for channel in 0..<channels { result[channel] = max(result[channel], pixel[channel]) }
              }
            }
          }
        }
      }
    }
  }
}
