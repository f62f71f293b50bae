import CKernels

/// 3×3 convolution, stride 1, padding 1, by Winograd's minimal filtering F(4×4, 3×3)
/// (Lavin & Gray 2016): 4×4 results from 36 multiplications a channel pair instead of 144.
///
/// Exact in real numbers; in fp32 the transforms cost about one decimal digit against the
/// direct method (relative error near 1e-6 for one layer). Weights are transformed a panel
/// of 32 outputs at a time, straight into the layout of the product, every time they are
/// used: kept, they would take four times the memory of the weights themselves.
struct WinogradConvolution {
  private let size: ConvolutionSize
  private let grid: TileGrid

  init(_ size: ConvolutionSize) {
    self.size = size
    grid = TileGrid(batch: size.batch, height: size.height, width: size.width)
  }

  var tileCount: Int { grid.count }

  /// Tiles that are worked on at once: about 24 MB of transformed values, but enough tiles
  /// to make transforming the weights worth it.
  private var tilesAtOnce: Int {
    let fitting = max(128, 6_000_000 / (36 * size.input))
    let blocks = (grid.count + fitting - 1) / fitting
    return (grid.count + blocks - 1) / blocks
  }

  /// - Parameters:
  ///   - x: `[batch, height, width, input]`
  ///   - weight: `[output, input, 3, 3]`
  ///   - bias: `[output]`
  ///   - residual: `[batch, height, width, output]`, added to the result
  ///   - out: `[batch, height, width, output]`
  func apply(
    _ x: UnsafePointer<Float>, _ weight: StoredTensor, bias: UnsafePointer<Float>?,
    residual: UnsafePointer<Float>?, into out: UnsafeMutablePointer<Float>
  ) {
    let input = size.input
    for first in stride(from: 0, to: grid.count, by: tilesAtOnce) {
      let tiles = first..<min(first + tilesAtOnce, grid.count)
      let inputs = tiles.count * input
      withScratch(36 * inputs + input) { values in
        let zeros = values + 36 * inputs
        zeros.update(repeating: 0, count: input)
        Parallel.forEachChunk(of: tiles.count, size: 8) { part in
          let some = (first + part.lowerBound)..<(first + part.upperBound)
          grid.forEachTile(some, of: x, channels: input, outside: zeros) { index, taps in
            ck_winograd_input(taps, input, values + (part.lowerBound + index) * input, inputs)
          }
        }
        Parallel.forEachChunk(of: size.output, size: 32) { outputs in
          multiply(tiles, values, weight, outputs, bias: bias, residual: residual, into: out)
        }
      }
    }
  }

  /// A panel of output channels of some tiles.
  private func multiply(
    _ tiles: Range<Int>, _ values: UnsafePointer<Float>, _ weight: StoredTensor, _ outputs: Range<Int>,
    bias: UnsafePointer<Float>?, residual: UnsafePointer<Float>?, into out: UnsafeMutablePointer<Float>
  ) {
    let input = size.input
    let product = PanelProduct(k: input, precision: .fp32)
    // An odd number of cache lines from one transformed value to the next: at a power of
    // two all 36 would fall on the same places of the cache.
    let stride = product.packedCount(columns: outputs.count) + 16
    let results = tiles.count * outputs.count
    withScratch(36 * (stride + results)) { transformed in
      let products = transformed + 36 * stride
      weight.withRows(outputs) { rows in
        ck_winograd_weight(rows, 9 * input, outputs.count, input, transformed, stride)
      }
      for value in 0..<36 {
        product.multiply(
          m: tiles.count, n: outputs.count, .init(base: values + value * tiles.count * input, ld: input),
          transformed + value * stride, into: products + value * results, outputs.count, accumulate: false)
      }
      grid.forEachResult(
        tiles, in: out + outputs.lowerBound, residual: residual.map { $0 + outputs.lowerBound },
        channels: size.output
      ) { index, targets, residuals in
        ck_winograd_output(
          products + index * outputs.count, results, outputs.count, bias.map { $0 + outputs.lowerBound },
          residuals, targets)
      }
    }
  }
}

/// The 4×4 tiles that cover a batch of images, and the pixels they read and write.
private struct TileGrid {
  let batch, height, width, rows, columns: Int

  init(batch: Int, height: Int, width: Int) {
    self.batch = batch
    self.height = height
    self.width = width
    rows = (height + 3) / 4
    columns = (width + 3) / 4
  }

  var count: Int { batch * rows * columns }

  /// Index of the pixel at the top left of a tile's results.
  private func origin(_ tile: Int) -> (image: Int, y: Int, x: Int) {
    let (image, place) = tile.quotientAndRemainder(dividingBy: rows * columns)
    return (image, place / columns * 4, place % columns * 4)
  }

  /// Calls `body` with the 36 pixels that every tile reads; those outside the image are `outside`.
  func forEachTile(
    _ tiles: Range<Int>, of image: UnsafePointer<Float>, channels: Int, outside: UnsafePointer<Float>,
    _ body: (Int, UnsafePointer<UnsafePointer<Float>?>?) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: 36) { taps in
      for (index, tile) in tiles.enumerated() {
        let (frame, top, left) = origin(tile)
        for tap in 0..<36 {
          let (y, x) = (top + tap / 6 - 1, left + tap % 6 - 1)
          let isInside = y >= 0 && y < height && x >= 0 && x < width
          taps[tap] = isInside ? image + ((frame * height + y) * width + x) * channels : outside
        }
        body(index, UnsafePointer(taps.baseAddress))
      }
    }
  }

  /// Calls `body` with the 16 pixels that every tile writes, nil where they lie outside the
  /// image, and the residual's pixels.
  func forEachResult(
    _ tiles: Range<Int>, in image: UnsafeMutablePointer<Float>, residual: UnsafePointer<Float>?,
    channels: Int,
    _ body: (
      Int, UnsafePointer<UnsafeMutablePointer<Float>?>?, UnsafePointer<UnsafePointer<Float>?>?
    ) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>?.self, capacity: 16) { targets in
      withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: 16) { residuals in
        for (index, tile) in tiles.enumerated() {
          let (frame, top, left) = origin(tile)
          for place in 0..<16 {
            let (y, x) = (top + place / 4, left + place % 4)
            let offset = ((frame * height + y) * width + x) * channels
            targets[place] = y < height && x < width ? image + offset : nil
            residuals[place] = residual.map { $0 + offset }
          }
          body(
            index, UnsafePointer(targets.baseAddress),
            residual == nil ? nil : UnsafePointer(residuals.baseAddress))
        }
      }
    }
  }
}
