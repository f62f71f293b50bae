import CKernels

/// The fixed part of a 2-D convolution: kernel, stride and padding, square and the
/// same on all sides.
public struct ConvolutionGeometry: Sendable, Hashable {
  public let kernel: Int
  public let stride: Int
  public let padding: Int

  public init(kernel: Int, stride: Int, padding: Int) {
    precondition(
      kernel > 0 && stride > 0 && padding >= 0, "kernel \(kernel), stride \(stride), padding \(padding)")
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  func outputExtent(_ input: Int) -> Int { (input + 2 * padding - kernel) / stride + 1 }
}

/// 2-D cross-correlation as torch's `conv2d`, channels last: patches are laid out
/// as rows (im2col) a block at a time and multiplied with the weights.
///
/// - Parameters:
///   - x: `[batch, height, width, input]`
///   - weight: `[output, kernel · kernel · input]`, see ``convolutionWeight(fromTorch:)``
///   - bias: `[output]`
///   - residual: `[batch, height', width', output]`, added to the result
/// - Returns: `[batch, height', width', output]`
public func convolution(
  _ x: Tensor, weight: Tensor, bias: Tensor?, geometry: ConvolutionGeometry, adding residual: Tensor? = nil
) -> Tensor {
  precondition(x.shape.rank == 4, "convolution of \(x.shape), expected [batch, height, width, channels]")
  let (batch, height, width, input) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
  let patch = geometry.kernel * geometry.kernel * input
  let output = weight.shape[0]
  precondition(weight.shape == [output, patch], "convolution of \(x.shape) with weight \(weight.shape)")
  let outHeight = geometry.outputExtent(height)
  let outWidth = geometry.outputExtent(width)
  let shape: Shape = [batch, outHeight, outWidth, output]
  if geometry.kernel == 1 && geometry.stride == 1 && geometry.padding == 0 {
    return linear(x, weight: weight, bias: bias, adding: residual)
  }
  precondition(
    residual.map { $0.shape == shape } ?? true, "residual \(residual?.shape ?? []), expected \(shape)")

  let patches = PatchRows(
    height: height, width: width, channels: input, outHeight: outHeight, outWidth: outWidth,
    geometry: geometry)
  let m = batch * outHeight * outWidth
  return x.withUnsafeBuffer { x in
    weight.withUnsafeBuffer { weight in
      withOptionalBase(bias) { bias in
        withOptionalBase(residual) { residual in
          Tensor(uninitialized: shape) { out in
            guard let x = x.baseAddress, let weight = weight.baseAddress, let out = out.baseAddress else {
              return
            }
            // Few pixels: lay out all patches once, then cut along the output channels.
            guard m >= 1024 else {
              withScratch(m * patch) { rows in
                Parallel.forEachChunk(of: m, size: 32) { chunk in
                  patches.fill(rows + chunk.lowerBound * patch, chunk, of: x)
                }
                linear(m: m, n: output, k: patch, rows, weight, bias: bias, residual: residual, into: out)
              }
              return
            }
            Parallel.forEachChunk(of: m, size: patches.rowsPerBlock(m)) { chunk in
              withScratch(chunk.count * patch) { rows in
                patches.fill(rows, chunk, of: x)
                let offset = chunk.lowerBound * output
                ck_fill_rows(out + offset, bias, residual.map { $0 + offset }, chunk.count, output, output)
                multiplyTransposed(
                  m: chunk.count, n: output, k: patch, rows, patch, weight, patch, into: out + offset, output,
                  accumulate: true)
              }
            }
          }
        }
      }
    }
  }
}

/// Reorders a torch convolution weight `[output, input, kernel, kernel]` into the
/// rows `[output, kernel · kernel · input]` that channels-last patches meet.
public func convolutionWeight(fromTorch weight: Tensor) -> Tensor {
  precondition(weight.shape.rank == 4, "convolution weight \(weight.shape)")
  let (output, input) = (weight.shape[0], weight.shape[1])
  let area = weight.shape[2] * weight.shape[3]
  if area == 1 { return weight.reshaped([output, input]) }
  return weight.withUnsafeBuffer { source in
    Tensor(uninitialized: [output, area * input]) { target in
      guard let source = source.baseAddress, let target = target.baseAddress else { return }
      Parallel.forEachChunk(of: output, size: 16) { chunk in
        for row in chunk {
          let from = source + row * area * input
          let to = target + row * area * input
          for place in 0..<area {
            for channel in 0..<input { to[place * input + channel] = from[channel * area + place] }
          }
        }
      }
    }
  }
}

/// Copies the receptive field of output pixels into rows, zeros where it leaves the image.
private struct PatchRows {
  let height, width, channels, outHeight, outWidth: Int
  let geometry: ConvolutionGeometry

  /// About 16 MB of patches a block, but enough rows to make packing the weights worth it.
  func rowsPerBlock(_ m: Int) -> Int {
    let patch = geometry.kernel * geometry.kernel * channels
    let fitting = max(384, 4_000_000 / patch / 16 * 16)
    let balanced = ((m + 7) / 8 + 15) / 16 * 16
    return min(fitting, balanced, 1024)
  }

  func fill(_ target: UnsafeMutablePointer<Float>, _ pixels: Range<Int>, of image: UnsafePointer<Float>) {
    let kernel = geometry.kernel
    var row = target
    for pixel in pixels {
      let left = pixel % outWidth * geometry.stride - geometry.padding
      let top = pixel / outWidth % outHeight * geometry.stride - geometry.padding
      let frame = image + pixel / (outWidth * outHeight) * height * width * channels
      let first = max(0, -left)
      let last = min(kernel, width - left)
      for y in top..<(top + kernel) {
        guard y >= 0, y < height, first < last else {
          row.update(repeating: 0, count: kernel * channels)
          row += kernel * channels
          continue
        }
        row.update(repeating: 0, count: first * channels)
        (row + first * channels).update(
          from: frame + (y * width + left + first) * channels, count: (last - first) * channels)
        (row + last * channels).update(repeating: 0, count: (kernel - last) * channels)
        row += kernel * channels
      }
    }
  }
}
