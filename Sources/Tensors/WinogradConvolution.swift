import CKernels

/// 3×3 convolution, stride 1, padding 1, by Winograd's minimal filtering F(4×4, 3×3)
/// (Lavin & Gray 2016): 4×4 results from 36 multiplications a channel pair instead of 144.
///
/// Exact in real numbers; in fp32 the transforms cost about one decimal digit against
/// ``convolution(_:weight:bias:geometry:adding:)`` (relative error near 1e-6 for one layer).
public enum WinogradConvolution {
  /// Transformed weights are four times as large as the weights, and a product of few
  /// tiles is too thin to gain anything: from how many tiles and up to which size it pays.
  static let fewestTiles = 64
  static let largestWeight = 1920 * 640

  /// Whether this method is the faster one for a map of `[batch, height, width, input]`.
  public static func pays(batch: Int, height: Int, width: Int, input: Int, output: Int) -> Bool {
    let tiles = batch * ((height + 3) / 4) * ((width + 3) / 4)
    return min(input, output) >= 16 && input * output <= largestWeight && tiles >= fewestTiles
  }

  /// `G · g · Gᵀ` of every 3×3 kernel.
  ///
  /// - Parameter weight: `[output, 9 · input]`, see ``convolutionWeight(fromTorch:)``
  /// - Returns: `[36, output, input]`
  public static func transform(_ weight: Tensor) -> Tensor {
    let output = weight.shape[0]
    let input = weight.shape[1] / 9
    precondition(weight.shape == [output, 9 * input], "3×3 weight \(weight.shape)")
    return weight.withUnsafeBuffer { weight in
      Tensor(uninitialized: [36, output, input]) { transformed in
        guard let weight = weight.baseAddress, let transformed = transformed.baseAddress else { return }
        Parallel.forEachChunk(of: output, size: 8) { rows in
          for row in rows {
            ck_winograd_weight(weight + row * 9 * input, input, transformed + row * input, output * input)
          }
        }
      }
    }
  }

  /// - Parameters:
  ///   - x: `[batch, height, width, input]`
  ///   - weight: `[36, output, input]`, see ``transform(_:)``
  ///   - bias: `[output]`
  ///   - residual: `[batch, height, width, output]`, added to the result
  /// - Returns: `[batch, height, width, output]`
  public static func apply(
    _ x: Tensor, weight: Tensor, bias: Tensor?, adding residual: Tensor? = nil
  ) -> Tensor {
    let (batch, height, width, input) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let output = weight.shape[1]
    precondition(weight.shape == [36, output, input], "convolution of \(x.shape) with \(weight.shape)")
    let shape: Shape = [batch, height, width, output]
    precondition(
      residual.map { $0.shape == shape } ?? true, "residual \(residual?.shape ?? []), expected \(shape)")
    let grid = TileGrid(batch: batch, height: height, width: width)
    return x.withUnsafeBuffer { x in
      weight.withUnsafeBuffer { weight in
        withOptionalBase(bias) { bias in
          withOptionalBase(residual) { residual in
            Tensor(uninitialized: shape) { out in
              guard let x = x.baseAddress, let weight = weight.baseAddress, let out = out.baseAddress
              else { return }
              Parallel.forEachChunk(of: grid.count, size: grid.blockSize(channels: input + output)) { tiles in
                let inputs = tiles.count * input
                let outputs = tiles.count * output
                withScratch(36 * (inputs + outputs) + input) { scratch in
                  let products = scratch + 36 * inputs
                  let zeros = products + 36 * outputs
                  zeros.update(repeating: 0, count: input)
                  grid.forEachTile(tiles, of: x, channels: input, outside: zeros) { index, taps in
                    ck_winograd_input(taps, input, scratch + index * input, inputs)
                  }
                  for point in 0..<36 {
                    multiplyTransposed(
                      m: tiles.count, n: output, k: input, scratch + point * inputs, input,
                      weight + point * output * input, input, into: products + point * outputs, output,
                      accumulate: false)
                  }
                  grid.forEachResult(tiles, in: out, residual: residual, channels: output) {
                    index, targets, residuals in
                    ck_winograd_output(
                      products + index * output, outputs, output, bias, residuals, targets)
                  }
                }
              }
            }
          }
        }
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

  /// Tiles whose transformed values, about 12 MB, are worked on at once.
  func blockSize(channels: Int) -> Int {
    let fitting = 3_000_000 / (36 * channels) / 16 * 16
    return max(32, min(fitting, 256, (count + 3) / 4))
  }

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
