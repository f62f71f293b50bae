import CKernels

/// A convolution as a product of patches (im2col) with the weights.
///
/// A patch is `[kernel, kernel, channels]`, so that it is made of whole pixels of the map as it lies, which is rounded
/// first where the precision asks for that: nothing is moved number by number but the weights.
struct DirectConvolution {
  private let size: ConvolutionSize
  private let product: PanelProduct
  /// Of a pixel of the map: its numbers, and those that it is filled up with.
  private let pixel: PanelProduct
  private let taps: Int

  init(_ size: ConvolutionSize, precision: Precision, backend: ProductBackend) {
    self.size = size
    taps = size.geometry.kernel * size.geometry.kernel
    pixel = PanelProduct(k: size.input, precision: precision, backend: backend)
    product = pixel.with(k: taps * pixel.filledK)
  }

  private var patchBytes: Int { product.k * product.bytesPerNumber }

  /// - Parameters:
  ///   - x: `[batch, height, width, input]`
  ///   - weight: `[output, input, kernel, kernel]`
  ///   - bias: `[output]`
  ///   - residual: `[batch, height', width', output]`, added to the result
  ///   - out: `[batch, height', width', output]`
  func apply(
    _ x: UnsafePointer<Float>, _ weight: StoredTensor, bias: UnsafePointer<Float>?,
    residual: UnsafePointer<Float>?, into out: UnsafeMutablePointer<Float>
  ) {
    // About 4 million numbers of patches at once, but enough rows to make packing the weights worth it; as many each time.
    let most = max(1024, 4_000_000 / product.k)
    let parts = max(1, (size.pixels + most - 1) / most)
    let rowsAtOnce = (size.pixels + parts - 1) / parts
    guard rowsAtOnce > 0 else { return }
    pixel.withLeft(x, rows: size.batch * size.height * size.width) { map in
      withScratch((rowsAtOnce * patchBytes + 3) / MemoryLayout<Float>.size) { patches in
        for first in stride(from: 0, to: size.pixels, by: rowsAtOnce) {
          let count = min(rowsAtOnce, size.pixels - first)
          Parallel.forEachChunk(of: count, size: 32) { part in
            fill(
              UnsafeMutableRawPointer(patches) + part.lowerBound * patchBytes,
              (first + part.lowerBound)..<(first + part.upperBound), of: map)
          }
          let offset = first * size.output
          linear(
            m: count, n: size.output, product, .init(base: patches, ld: product.k), weight, taps: taps,
            bias: bias, residual: residual.map { $0 + offset }, into: out + offset)
        }
      }
    }
  }

  /// Copies what some pixels of the results are made of, zeros where that leaves the image.
  private func fill(
    _ target: UnsafeMutableRawPointer, _ pixels: Range<Int>, of map: PanelProduct.LeftOperand
  ) {
    let (geometry, bytes) = (size.geometry, map.ld * product.bytesPerNumber)
    var target = target
    func putZeros(_ pixels: Int) {
      target.initializeMemory(as: UInt8.self, repeating: 0, count: pixels * bytes)
      target += pixels * bytes
    }
    for pixel in pixels {
      let left = pixel % size.outWidth * geometry.stride - geometry.padding
      let top = pixel / size.outWidth % size.outHeight * geometry.stride - geometry.padding
      let frame = pixel / (size.outWidth * size.outHeight) * size.height
      // Of a row of the kernel what lies in the image is one piece of the map.
      let first = min(max(left, 0), left + geometry.kernel)
      let inside = first..<max(first, min(left + geometry.kernel, size.width))
      for y in top..<(top + geometry.kernel) {
        guard y >= 0 && y < size.height else {
          putZeros(geometry.kernel)
          continue
        }
        putZeros(inside.lowerBound - left)
        let source = UnsafeRawPointer(map.base) + ((frame + y) * size.width + inside.lowerBound) * bytes
        ck_copy(source, target, inside.count * bytes)
        target += inside.count * bytes
        putZeros(left + geometry.kernel - inside.upperBound)
      }
    }
  }
}
