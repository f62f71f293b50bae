import Images

/// The difference of two pictures' lumas, split into three bands of spatial frequency, row by row from the top: low is
/// what is left after a wide blur, mid what a narrow blur leaves beyond that, high the rest. Their sum is the difference.
///
/// A blur is two passes of a box filter, over what of the box lies inside of the picture. The boxes reach s / 128 (at
/// least 1) and s / 16 (at least 2) pixels to each side, rounded, where s is the picture's shorter side: the bands are
/// of the frame, not of pixels.
struct FrequencyBands {
  /// `width` signed values each, in 8-bit levels, of the row that ``advance()`` last came to.
  private(set) var low: [Double]
  private(set) var mid: [Double]
  private(set) var high: [Double]
  private var difference: LumaDifferenceRows
  private var narrow: Blurred
  private var wide: Blurred

  private typealias Blurred = BoxFilteredRows<BoxFilteredRows<LumaDifferenceRows>>

  /// Stands above the first row.
  /// - Precondition: both pictures have the same size.
  init(of image: RGBImage, to baseline: RGBImage) {
    let difference = LumaDifferenceRows(of: image, to: baseline)
    let side = min(image.width, image.height)
    func blurred(_ radius: Int) -> Blurred {
      BoxFilteredRows(BoxFilteredRows(difference, radius: radius), radius: radius)
    }
    self.difference = difference
    narrow = blurred(max(1, (side + 64) / 128))
    wide = blurred(max(2, (side + 8) / 16))
    low = [Double](repeating: 0, count: image.width)
    (mid, high) = (low, low)
  }

  /// Goes on to the next row; there are as many as the pictures have.
  mutating func advance() {
    difference.next(into: &high)
    narrow.next(into: &mid)
    wide.next(into: &low)
    for x in low.indices {
      high[x] -= mid[x]
      mid[x] -= low[x]
    }
  }
}
