import Images

/// The difference of two pictures' lumas, split into three bands of spatial frequency: low is what is left after a wide
/// blur, mid what a narrow blur leaves beyond that, high the rest. Their sum is the difference.
///
/// A blur is two passes of a box filter, over what of the box lies inside of the picture. The boxes reach s / 128 (at
/// least 1) and s / 16 (at least 2) pixels to each side, rounded, where s is the picture's shorter side: the bands are
/// of the frame, not of pixels.
struct FrequencyBands {
  /// `height * width` signed values each, in 8-bit levels.
  let low: [Double]
  let mid: [Double]
  let high: [Double]

  /// - Precondition: both pictures have the same size.
  init(of image: RGBImage, to baseline: RGBImage) {
    requireEqualSizes(image, baseline)
    let (width, height) = (image.width, image.height)
    var difference = [Double](repeating: 0, count: width * height)
    for pixel in difference.indices {
      let at = pixel * 3
      func change(_ channel: Int) -> Int {
        Int(image.pixels[at + channel]) - Int(baseline.pixels[at + channel])
      }
      difference[pixel] = Double(299 * change(0) + 587 * change(1) + 114 * change(2)) / 1000
    }
    let side = min(width, height)
    func blurred(_ radius: Int) -> [Double] {
      let once = Self.boxFiltered(difference, width: width, height: height, radius: radius)
      return Self.boxFiltered(once, width: width, height: height, radius: radius)
    }
    let (narrow, wide) = (blurred(max(1, (side + 64) / 128)), blurred(max(2, (side + 8) / 16)))
    low = wide
    mid = zip(narrow, wide).map(-)
    high = zip(difference, narrow).map(-)
  }

  /// A box is the difference of two sums from the beginning of a line.
  private static func boxFiltered(_ plane: [Double], width: Int, height: Int, radius: Int) -> [Double] {
    func range(_ place: Int, in count: Int) -> (from: Int, to: Int) {
      (max(place - radius, 0), min(place + radius + 1, count))
    }
    var along = [Double](repeating: 0, count: width + 1)
    // Above each row, the sums of the rows before it.
    var down = [Double](repeating: 0, count: (height + 1) * width)
    for y in 0..<height {
      let row = y * width
      for x in 0..<width { along[x + 1] = along[x] + plane[row + x] }
      for x in 0..<width {
        let (from, to) = range(x, in: width)
        down[row + width + x] = down[row + x] + (along[to] - along[from]) / Double(to - from)
      }
    }
    var result = [Double](repeating: 0, count: plane.count)
    for y in 0..<height {
      let (from, to) = range(y, in: height)
      let count = Double(to - from)
      for x in 0..<width {
        result[y * width + x] = (down[to * width + x] - down[from * width + x]) / count
      }
    }
    return result
  }
}
