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
///   - x: `[batch, height, width, input]`; doubled, of half that height and width
///   - doubled: whether what is convolved is `x` after nearest-neighbour upsampling by two
///   - weight: `[output, input, kernel, kernel]`, as torch stores it
///   - bias: `[output]`
///   - residual: `[batch, height', width', output]`, added to the result
///   - precision: of direct products; Winograd's are in fp32, which is as fast there as
///     bfloat16 is directly
/// - Returns: `[batch, height', width', output]`
package func convolution(
  _ x: Tensor, doubled: Bool = false, weight: StoredTensor, bias: Tensor?, geometry: ConvolutionGeometry,
  adding residual: Tensor? = nil, precision: Precision = .fp32, method: ConvolutionMethod? = nil
) -> Tensor {
  precondition(x.shape.rank == 4, "convolution of \(x.shape), expected [batch, height, width, channels]")
  let size = ConvolutionSize(
    input: doubled ? x.shape.doubledMap : x.shape, output: weight.shape[0], geometry: geometry,
    doubled: doubled)
  precondition(
    weight.shape == [size.output, size.input, geometry.kernel, geometry.kernel],
    "convolution of \(x.shape) with weight \(weight.shape)")
  precondition(
    bias.map { $0.count == size.output } ?? true, "bias \(bias?.shape ?? []), \(size.output) outputs")
  let shape: Shape = [size.batch, size.outHeight, size.outWidth, size.output]
  precondition(
    residual.map { $0.shape == shape } ?? true, "residual \(residual?.shape ?? []), expected \(shape)")
  let method = method ?? .fastest(for: size, precision: precision)
  // The others need the map.
  let x = doubled && method != .winograd ? x.upsampledNearest(height: size.height, width: size.width) : x
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
            DirectConvolution(size, precision: precision, backend: .current)
              .apply(x, weight, bias: bias, residual: residual, into: out)
          case .winograd:
            WinogradConvolution(size).apply(x, weight, bias: bias, residual: residual, into: out)
          }
        }
      }
    }
  }
}

extension Shape {
  /// Of `[batch, height, width, channels]`, the shape of a map that has every pixel twice along each edge.
  package var doubledMap: Shape { [self[0], 2 * self[1], 2 * self[2], self[3]] }
  /// That of another batch.
  package func ofBatch(_ batch: Int) -> Shape { Shape([batch] + dimensions.dropFirst()) }
}
