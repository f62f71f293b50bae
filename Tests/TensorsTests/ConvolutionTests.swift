import ReferenceFixtures
import Testing

@testable import Tensors

/// Convolutions by every method, against plain loops in double precision and against each other.
@Suite struct ConvolutionTests {
  @Test(arguments: [
    (1, 5, 7, 3, 4, 3, 1, 1), (2, 9, 6, 8, 5, 3, 2, 1), (1, 8, 8, 6, 7, 1, 1, 0), (1, 40, 37, 4, 3, 3, 1, 1),
    (2, 14, 14, 3, 10, 7, 7, 0), (3, 1, 1, 4, 2, 3, 1, 1), (1, 33, 31, 3, 8, 11, 4, 2),
    (2, 9, 7, 4, 6, 5, 1, 2), (1, 5, 6, 4, 6, 3, 1, 4), (2, 11, 13, 21, 37, 3, 1, 1),
    (1, 4, 4, 64, 70, 3, 1, 1),
    // Winograd keeps transformed weights for many tiles, and cuts many channels.
    (1, 90, 70, 5, 70, 3, 1, 1), (1, 12, 11, 300, 35, 3, 1, 1),
  ])
  func `a convolution equals its definition`(
    batch: Int, height: Int, width: Int, input: Int, output: Int, kernel: Int, stride: Int, padding: Int
  ) {
    let x = random("x", [batch, height, width, input])
    let weight = random("w", [output, input, kernel, kernel])
    let bias = random("b", [output])
    let expected = ScalarReference.convolution(x, weight, bias: bias, stride: stride, padding: padding)
    let residual = random("r", expected.shape.dimensions)
    let geometry = ConvolutionGeometry(kernel: kernel, stride: stride, padding: padding)
    let size = ConvolutionSize(input: x.shape, output: output, geometry: geometry)
    let methods = ConvolutionMethod.allCases.filter { $0.cost(for: size) != nil }
    #expect(methods.contains(.fastest(for: size)) && methods.contains(.direct))
    for method in methods {
      // Winograd's transforms cost up to a digit.
      let tolerance = method == .winograd ? 5e-6 : 1e-6
      func convolved(_ residual: Tensor?) -> Tensor {
        convolution(
          x, weight: StoredTensor(weight), bias: bias, geometry: geometry, adding: residual, method: method)
      }
      for backend in ProductBackend.choices {
        ProductBackend.using(backend) {
          let name: Comment = "\(method), \(backend.name)"
          expectClose(convolved(residual), expected + residual, relative: tolerance, name)
          expectClose(convolved(nil), expected, relative: tolerance, name)
        }
      }
    }
  }

  @Test(arguments: [(8, 6), (7, 9), (2, 3)])
  func `zeros may follow a map without coming before it`(height: Int, width: Int) {
    let (input, output) = (5, 4)
    let x = random("x", [1, height, width, input])
    let weight = random("w", [output, input, 3, 3])
    let bias = random("b", [output])
    let padded = Tensor(
      (0...height).flatMap { row in
        (0...width).flatMap { column in
          let start = (row * width + column) * input
          return row < height && column < width
            ? Array(x.values[start..<(start + input)]) : Array(repeating: Float(0), count: input)
        }
      }, shape: [1, height + 1, width + 1, input])
    let geometry = ConvolutionGeometry(kernel: 3, stride: 2, padding: 0, trailingPadding: 1)
    let result = convolution(x, weight: StoredTensor(weight), bias: bias, geometry: geometry)
    expectClose(
      result, ScalarReference.convolution(padded, weight, bias: bias, stride: 2, padding: 0), relative: 1e-6)
  }

  @Test func `Winograd gives a part of a map the bits that it has in the whole`() {
    let (width, channels) = (36, 40)
    let x = random("x", [1, 160, width, channels])
    let weight = StoredTensor(random("w", [50, channels, 3, 3]))
    func convolved(_ x: Tensor) -> [Float] {
      convolution(
        x, weight: weight, bias: nil, geometry: ConvolutionGeometry(kernel: 3, stride: 1, padding: 1),
        method: .winograd
      ).values
    }
    // 360 tiles and 54: they are taken in different orders.
    let part = Tensor(Array(x.values.prefix(24 * width * channels)), shape: [1, 24, width, channels])
    let count = 23 * width * 50
    #expect(convolved(x).prefix(count) == convolved(part).prefix(count))
  }

  /// Few tiles and many, of which the last reach over the edge; last a map for which 25 products of 36 would make
  /// another method the fastest.
  @Test(
    arguments: [(2, 5, 7, 12, 20), (1, 40, 33, 24, 70), (1, 7, 6, 260, 33), (1, 4, 2, 24, 32)],
    Precision.allCases)
  func `a doubled map is convolved from its half, with the same bits`(
    _ extents: (Int, Int, Int, Int, Int), precision: Precision
  ) {
    let (batch, height, width, input, output) = extents
    let x = random("x", [batch, height, width, input])
    let (weight, bias) = (StoredTensor(random("w", [output, input, 3, 3])), random("b", [output]))
    let residual = random("r", [batch, 2 * height, 2 * width, output])
    let geometry = ConvolutionGeometry(kernel: 3, stride: 1, padding: 1)
    for method in [ConvolutionMethod.winograd, .direct, nil] {
      func convolved(_ x: Tensor, doubled: Bool) -> [Float] {
        convolution(
          x, doubled: doubled, weight: weight, bias: bias, geometry: geometry, adding: residual,
          precision: precision, method: method
        ).values
      }
      let whole = convolved(x.upsampledNearest(height: 2 * height, width: 2 * width), doubled: false)
      #expect(convolved(x, doubled: true) == whole, "\(method.map(\.rawValue) ?? "fastest")")
    }
  }

  @Test func `Winograd gives the same bits where it keeps the weights of a part of the outputs at a time`() {
    let (input, output) = (8, 150)
    // 324 tiles, for which weights are kept.
    let x = random("x", [1, 72, 69, input])
    let (weight, bias) = (StoredTensor(random("w", [output, input, 3, 3])), random("b", [output]))
    let residual = random("r", [1, 72, 69, output])
    let size = ConvolutionSize(
      input: x.shape, output: output, geometry: ConvolutionGeometry(kernel: 3, stride: 1, padding: 1))
    func convolved(_ convolution: WinogradConvolution) -> [Float] {
      Tensor(uninitialized: residual.shape) { out in
        x.withUnsafeBuffer { x in
          bias.withUnsafeBuffer { bias in
            residual.withUnsafeBuffer { residual in
              guard let x = x.baseAddress, let out = out.baseAddress else { return }
              convolution.apply(
                x, weight, bias: bias.baseAddress, residual: residual.baseAddress, into: out)
            }
          }
        }
      }.values
    }
    // All of them take 36 · 8 · 150 · 4 bytes: two parts are of 128 outputs and 22, three of 64, 64 and 22.
    ProductBackend.using(.builtin(.best)) {
      let whole = convolved(WinogradConvolution(size))
      for keptBytes in [100_000, 60_000] {
        #expect(convolved(WinogradConvolution(size, keptBytes: keptBytes)) == whole, "\(keptBytes) bytes")
      }
    }
    for backend in ProductBackend.choices {
      ProductBackend.using(backend) {
        expectClose(
          Tensor(convolved(WinogradConvolution(size, keptBytes: 60_000)), shape: residual.shape),
          Tensor(convolved(WinogradConvolution(size)), shape: residual.shape), relative: 1e-6,
          "\(backend.name)")
      }
    }
  }
}
