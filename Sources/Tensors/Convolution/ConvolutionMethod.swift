/// The extents of one convolution.
package struct ConvolutionSize: Sendable, Hashable {
  package let batch, height, width, input, output: Int
  package let geometry: ConvolutionGeometry
  /// Whether every pixel that is given stands for 2×2 of the map, whose extents these are.
  package let doubled: Bool

  /// - Parameters:
  ///   - input: of the map, `[batch, height, width, input]`
  ///   - doubled: whether it is given at half of its height and of its width, see ``doubled``
  package init(input: Shape, output: Int, geometry: ConvolutionGeometry, doubled: Bool = false) {
    precondition(input.rank == 4, "convolution of \(input)")
    precondition(!doubled || input[1] % 2 == 0 && input[2] % 2 == 0, "\(input) is no doubled map")
    (batch, height, width, self.input) = (input[0], input[1], input[2], input[3])
    self.output = output
    self.geometry = geometry
    self.doubled = doubled
  }

  package var outHeight: Int { geometry.outputExtent(height) }
  package var outWidth: Int { geometry.outputExtent(width) }
  /// Pixels of the results.
  var pixels: Int { batch * outHeight * outWidth }
  /// Numbers that a result is a product of.
  var patch: Int { geometry.kernel * geometry.kernel * input }
}

/// How a convolution is computed. All give the same numbers up to rounding.
package enum ConvolutionMethod: String, Sendable, CaseIterable {
  /// A 1×1 kernel: a linear layer at every pixel.
  case pointwise
  /// Patches laid out as rows (im2col), and one matrix product.
  case direct
  /// Minimal filtering F(4×4, 3×3), see ``WinogradConvolution``.
  case winograd

  /// The method of least ``cost(for:precision:)``.
  package static func fastest(for size: ConvolutionSize, precision: Precision = .fp32) -> ConvolutionMethod {
    allCases.min { a, b in
      (a.cost(for: size, precision: precision) ?? .infinity)
        < (b.cost(for: size, precision: precision) ?? .infinity)
    } ?? .direct
  }

  /// Predicted time in units of one multiply-add in the matrix product (0.017 ns on a core
  /// of 3.6 GHz with AVX-512), nil where the method does not apply.
  ///
  /// Beside the multiplications it counts moving and transforming numbers, each at a rate
  /// that was measured on Zen 4 (Benchmarks/predictions.md). A doubled map costs what the map does, so that it is computed
  /// by the same method and gives the same bits.
  package func cost(for size: ConvolutionSize, precision: Precision = .fp32) -> Double? {
    let (input, pixels) = (Double(size.input), Double(size.pixels))
    // Products are computed in vectors of 16 outputs.
    let output = Double((size.output + 15) / 16 * 16)
    let geometry = size.geometry
    let product = precision == .bf16 ? KernelSet.best.bf16Cost : 1
    switch self {
    case .pointwise:
      guard geometry == ConvolutionGeometry(kernel: 1, stride: 1, padding: 0) else { return nil }
      return product * pixels * input * output
    case .direct:
      let patch = Double(size.patch)
      let copy = precision == .bf16 ? Rates.roundedPatch : Rates.patch
      return product * pixels * patch * output + copy * pixels * patch + Rates.pack * patch * output
    case .winograd:
      guard geometry == ConvolutionGeometry(kernel: 3, stride: 1, padding: 1) else { return nil }
      let counts = WinogradConvolution(size).transformedCounts
      return Double(counts.inputs) * (output + Rates.inputTransform)
        + Double(counts.weights) * Rates.weightTransform + Double(counts.results) * Rates.outputTransform
    }
  }

  /// Multiply-adds that take as long as handling one number.
  private enum Rates {
    static let patch = 20.0
    static let roundedPatch = 6.0
    static let pack = 8.0
    static let weightTransform = 11.0
    static let inputTransform = 25.0
    static let outputTransform = 20.0
  }
}
