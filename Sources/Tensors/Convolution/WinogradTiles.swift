/// The 4×4 tiles that cover a batch of images, and the pixels they read and write.
struct WinogradTiles {
  let batch, height, width, rows, columns: Int
  /// How many pixels of the map, along each edge, are one of those that are given.
  private let scale: Int

  init(_ size: ConvolutionSize) {
    (batch, height, width) = (size.batch, size.height, size.width)
    scale = size.doubled ? 2 : 1
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
          let pixel = (frame * height + y) / scale * (width / scale) + x / scale
          taps[tap] = isInside ? image + pixel * channels : outside
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
