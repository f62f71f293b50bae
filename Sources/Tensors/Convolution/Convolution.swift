import CKernels

/// The fixed part of a 2-D convolution: kernel, stride and padding, square.
package struct ConvolutionGeometry: Sendable, Hashable {
  package let kernel: Int
  package let stride: Int
  /// Zeros left of and above a map.
  package let padding: Int
  /// Zeros right of and below a map.
  package let trailingPadding: Int

  /// - Parameter trailingPadding: nil for as much as `padding`
  package init(kernel: Int, stride: Int, padding: Int, trailingPadding: Int? = nil) {
    let trailingPadding = trailingPadding ?? padding
    precondition(
      kernel > 0 && stride > 0 && padding >= 0 && trailingPadding >= 0,
      "kernel \(kernel), stride \(stride), padding \(padding) and \(trailingPadding)")
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.trailingPadding = trailingPadding
  }

  func outputExtent(_ input: Int) -> Int { (input + padding + trailingPadding - kernel) / stride + 1 }
}

/// 2-D cross-correlation as torch's `conv2d`, channels last, by the method that
/// ``ConvolutionMethod`` predicts to be the fastest.
///
/// - Parameters:
///   - x: `[batch, height, width, input]`
///   - weight: `[output, input, kernel, kernel]`, as torch stores it
///   - bias: `[output]`
///   - residual: `[batch, height', width', output]`, added to the result
///   - precision: of direct products; Winograd's are in fp32, which is as fast there as
///     bfloat16 is directly
/// - Returns: `[batch, height', width', output]`
package func convolution(
  _ x: Tensor, weight: StoredTensor, bias: Tensor?, geometry: ConvolutionGeometry,
  adding residual: Tensor? = nil, precision: Precision = .fp32, method: ConvolutionMethod? = nil
) -> Tensor {
  precondition(x.shape.rank == 4, "convolution of \(x.shape), expected [batch, height, width, channels]")
  let size = ConvolutionSize(input: x.shape, output: weight.shape[0], geometry: geometry)
  precondition(
    weight.shape == [size.output, size.input, geometry.kernel, geometry.kernel],
    "convolution of \(x.shape) with weight \(weight.shape)")
  precondition(
    bias.map { $0.count == size.output } ?? true, "bias \(bias?.shape ?? []), \(size.output) outputs")
  let shape: Shape = [size.batch, size.outHeight, size.outWidth, size.output]
  precondition(
    residual.map { $0.shape == shape } ?? true, "residual \(residual?.shape ?? []), expected \(shape)")
  let method = method ?? .fastest(for: size, precision: precision)
  OperationCount.note(shape.count * size.input * geometry.kernel * geometry.kernel)
  return x.withUnsafeBuffer { x in
    withOptionalBase(bias) { bias in
      withOptionalBase(residual) { residual in
        Tensor(uninitialized: shape) { out in
          guard let x = x.baseAddress, let out = out.baseAddress else { return }
          switch method {
          case .pointwise:
            linear(
              m: size.pixels, n: size.output, k: size.input, x, weight, bias: bias, residual: residual,
              into: out, precision: precision)
          case .direct:
            convolveDirectly(
              x, size, weight, bias: bias, residual: residual, into: out, precision: precision)
          case .winograd:
            WinogradConvolution(size).apply(x, weight, bias: bias, residual: residual, into: out)
          }
        }
      }
    }
  }
}

/// Lays out the receptive fields of some output pixels as rows (im2col), multiplies them
/// with the weights, and goes on to the next pixels.
private func convolveDirectly(
  _ x: UnsafePointer<Float>, _ size: ConvolutionSize, _ weight: StoredTensor, bias: UnsafePointer<Float>?,
  residual: UnsafePointer<Float>?, into out: UnsafeMutablePointer<Float>, precision: Precision
) {
  let patch = size.patch
  // About 16 MB of patches at once, but enough rows to make packing the weights worth it; as many each time.
  let most = max(1024, 4_000_000 / patch)
  let parts = (size.pixels + most - 1) / most
  let rowsAtOnce = (size.pixels + parts - 1) / max(parts, 1)
  for first in stride(from: 0, to: size.pixels, by: rowsAtOnce) {
    let count = min(rowsAtOnce, size.pixels - first)
    withScratch(count * patch) { rows in
      Parallel.forEachChunk(of: count, size: 32) { part in
        fillPatches(
          rows + part.lowerBound * patch, (first + part.lowerBound)..<(first + part.upperBound), x, size)
      }
      let offset = first * size.output
      linear(
        m: count, n: size.output, k: patch, rows, weight, bias: bias, residual: residual.map { $0 + offset },
        into: out + offset, precision: precision)
    }
  }
}

/// Copies the receptive field of output pixels into rows `[input, kernel, kernel]`, zeros
/// where it leaves the image.
private func fillPatches(
  _ target: UnsafeMutablePointer<Float>, _ pixels: Range<Int>, _ image: UnsafePointer<Float>,
  _ size: ConvolutionSize
) {
  let geometry = size.geometry
  let area = geometry.kernel * geometry.kernel
  withScratch(size.input) { outside in
    outside.update(repeating: 0, count: size.input)
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: area) { taps in
      for (index, pixel) in pixels.enumerated() {
        let left = pixel % size.outWidth * geometry.stride - geometry.padding
        let top = pixel / size.outWidth % size.outHeight * geometry.stride - geometry.padding
        let frame = pixel / (size.outWidth * size.outHeight) * size.height
        for tap in 0..<area {
          let (y, x) = (top + tap / geometry.kernel, left + tap % geometry.kernel)
          let isInside = y >= 0 && y < size.height && x >= 0 && x < size.width
          taps[tap] = isInside ? image + ((frame + y) * size.width + x) * size.input : UnsafePointer(outside)
        }
        ck_patch(taps.baseAddress, area, size.input, target + index * size.patch)
      }
    }
  }
}
