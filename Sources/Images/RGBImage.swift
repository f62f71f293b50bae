/// A picture of 8-bit RGB values, rows from the top, channels interleaved.
public struct RGBImage: Sendable, Equatable {
  /// In pixels.
  public let width: Int
  /// In pixels.
  public let height: Int
  /// `height * width * 3` values: red, green, blue of each pixel.
  public var pixels: [UInt8] {
    didSet { precondition(pixels.count == height * width * 3, "a picture keeps its number of values") }
  }

  /// - Precondition: there are `height * width * 3` values, and at least one pixel.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    precondition(
      width > 0 && height > 0 && pixels.count == width * height * 3,
      "a \(width)x\(height) picture has \(width * height * 3) values, not \(pixels.count)")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// The rectangle of `width`x`height` whose left upper corner is (`left`, `top`).
  public func cropped(left: Int, top: Int, width: Int, height: Int) -> RGBImage {
    precondition(
      left >= 0 && top >= 0 && left + width <= self.width && top + height <= self.height,
      "a \(width)x\(height) rectangle at (\(left), \(top)) is not inside \(self.width)x\(self.height)")
    guard (width, height) != (self.width, self.height) else { return self }
    let rows = (top..<top + height).map { y in
      let start = (y * self.width + left) * 3
      return pixels[start..<start + width * 3]
    }
    return RGBImage(width: width, height: height, pixels: Array(rows.joined()))
  }

  /// The middle `width`x`height` of the picture; an odd remainder is left at the right and bottom,
  /// as `transformers`' `center_crop` leaves it.
  package func centerCropped(toWidth width: Int, height: Int) -> RGBImage {
    cropped(
      left: (self.width - width) / 2, top: (self.height - height) / 2, width: width, height: height)
  }
}
