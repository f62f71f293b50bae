import Images

/// The magnitude of Sobel's gradient (Sobel & Feldman 1968) of a picture's luma 0.299 R + 0.587 G + 0.114 B, with the
/// outermost pixels repeated, row by row from the top. Squared, of 1000 times the luma: whole numbers, so that equal
/// ones are equal.
struct GradientRows {
  /// Bits of the largest magnitude: both derivatives are at most 4 * 255 * 1000.
  static let bits = 41

  private let image: RGBImage
  private var y = 0
  /// Lumas of the row and of its neighbours.
  private var above: [Int]
  private var here: [Int]
  private var below: [Int]

  init(of image: RGBImage) {
    self.image = image
    here = [Int](repeating: 0, count: image.width)
    Self.write(image.pixels, from: 0, to: &here)
    (above, below) = (here, here)
  }

  /// Replaces `row`, which has as many values as the picture is wide, by the next row; there are as many as it is high.
  mutating func next(into row: inout [Int]) {
    if y > 0 {
      swap(&above, &here)
      swap(&here, &below)
    }
    y += 1
    Self.write(image.pixels, from: min(y, image.height - 1) * image.width * 3, to: &below)
    Self.write(above, here, below, to: &row)
  }

  private static func write(_ pixels: [UInt8], from start: Int, to luma: inout [Int]) {
    let pixels = pixels.span
    var luma = luma.mutableSpan
    for x in luma.indices {
      let at = start + x * 3
      luma[x] = 299 * Int(pixels[at]) + 587 * Int(pixels[at + 1]) + 114 * Int(pixels[at + 2])
    }
  }

  private static func write(_ above: [Int], _ here: [Int], _ below: [Int], to row: inout [Int]) {
    let (above, here, below) = (above.span, here.span, below.span)
    var row = row.mutableSpan
    for x in row.indices {
      let (left, right) = (max(x - 1, 0), min(x + 1, row.count - 1))
      let horizontal =
        above[right] - above[left] + 2 * (here[right] - here[left]) + below[right] - below[left]
      let vertical =
        below[left] - above[left] + 2 * (below[x] - above[x]) + below[right] - above[right]
      row[x] = horizontal * horizontal + vertical * vertical
    }
  }
}
