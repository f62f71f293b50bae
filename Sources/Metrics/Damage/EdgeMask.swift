import Images

/// Which pixels of a picture lie on edges and which in flat areas, by the magnitude of Sobel's gradient (Sobel & Feldman
/// 1968) of its luma 0.299 R + 0.587 G + 0.114 B, with the outermost pixels repeated: edges are above the 80th
/// percentile of the picture's own magnitudes, flat is what lies at or below their median.
struct EdgeMask {
  /// `height * width` each.
  let isEdge: [Bool]
  let isFlat: [Bool]

  init(of image: RGBImage) {
    let magnitudes = Self.magnitudes(of: image)
    let sorted = magnitudes.sorted()
    let (edge, flat) = (sorted[(sorted.count - 1) * 8 / 10], sorted[(sorted.count - 1) / 2])
    isEdge = magnitudes.map { $0 > edge }
    isFlat = magnitudes.map { $0 <= flat }
  }

  /// Squared, of 1000 times the luma: whole numbers, so that equal ones are equal.
  private static func magnitudes(of image: RGBImage) -> [Int] {
    let (width, height) = (image.width, image.height)
    var luma = [Int](repeating: 0, count: width * height)
    for pixel in luma.indices {
      let at = pixel * 3
      luma[pixel] =
        299 * Int(image.pixels[at]) + 587 * Int(image.pixels[at + 1]) + 114 * Int(image.pixels[at + 2])
    }
    var result = [Int](repeating: 0, count: width * height)
    for y in 0..<height {
      let (above, here, below) = (max(y - 1, 0) * width, y * width, min(y + 1, height - 1) * width)
      for x in 0..<width {
        let (left, right) = (max(x - 1, 0), min(x + 1, width - 1))
        let horizontal =
          luma[above + right] - luma[above + left] + 2 * (luma[here + right] - luma[here + left])
          + luma[below + right] - luma[below + left]
        let vertical =
          luma[below + left] - luma[above + left] + 2 * (luma[below + x] - luma[above + x])
          + luma[below + right] - luma[above + right]
        result[here + x] = horizontal * horizontal + vertical * vertical
      }
    }
    return result
  }
}
