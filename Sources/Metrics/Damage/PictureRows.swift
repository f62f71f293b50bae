import Images

/// Rows of a picture's numbers, from the top: one is there at a time.
protocol PictureRows {
  var width: Int { get }
  var height: Int { get }
  /// Replaces `row`, which has `width` values, by the next row; there are `height` of them.
  mutating func next(into row: inout [Double])
}

/// The difference of two pictures' lumas 0.299 R + 0.587 G + 0.114 B, signed, in 8-bit levels.
struct LumaDifferenceRows: PictureRows {
  private let image: RGBImage
  private let baseline: RGBImage
  private var start = 0

  /// - Precondition: both pictures have the same size.
  init(of image: RGBImage, to baseline: RGBImage) {
    requireEqualSizes(image, baseline)
    (self.image, self.baseline) = (image, baseline)
  }

  var width: Int { image.width }
  var height: Int { image.height }

  mutating func next(into row: inout [Double]) {
    Self.write(image.pixels, baseline.pixels, from: start, to: &row)
    start += width * 3
  }

  private static func write(_ own: [UInt8], _ other: [UInt8], from start: Int, to row: inout [Double]) {
    let (own, other) = (own.span, other.span)
    var row = row.mutableSpan
    for x in row.indices {
      let at = start + x * 3
      let red = Int(own[at]) - Int(other[at])
      let green = Int(own[at + 1]) - Int(other[at + 1])
      let blue = Int(own[at + 2]) - Int(other[at + 2])
      row[x] = Double(299 * red + 587 * green + 114 * blue) / 1000
    }
  }
}
