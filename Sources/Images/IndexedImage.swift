/// A picture of at most 256 colours: each pixel is the place of its colour in a palette, rows from the top.
package struct IndexedImage: Sendable, Equatable {
  package struct Color: Sendable, Hashable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    package init(red: UInt8, green: UInt8, blue: UInt8) {
      self.red = red
      self.green = green
      self.blue = blue
    }
  }

  package let width: Int
  package let height: Int
  /// `height * width` places in the palette.
  package let indices: [UInt8]
  package let palette: [Color]

  package init(width: Int, height: Int, indices: [UInt8], palette: [Color]) {
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
