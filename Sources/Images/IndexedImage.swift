/// A picture of at most 256 colours: each pixel is the place of its colour in a palette, rows from the top.
public struct IndexedImage: Sendable, Equatable {
  public struct Color: Sendable, Hashable {
    public let red: UInt8
    public let green: UInt8
    public let blue: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8) {
      self.red = red
      self.green = green
      self.blue = blue
    }
  }

  public let width: Int
  public let height: Int
  /// `height * width` places in the palette.
  public let indices: [UInt8]
  public let palette: [Color]

  public init(width: Int, height: Int, indices: [UInt8], palette: [Color]) {
    precondition(
      width > 0 && height > 0 && indices.count == width * height,
      "a \(width)x\(height) picture has \(width * height) pixels, not \(indices.count)")
    precondition((1...256).contains(palette.count), "a palette of \(palette.count) colours")
    precondition(indices.allSatisfy { $0 < palette.count }, "a pixel of a colour that the palette lacks")
    self.width = width
    self.height = height
    self.indices = indices
    self.palette = palette
  }
}
