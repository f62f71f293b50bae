/// What SDXL is told of a picture's sizes (Podell et al. 2023, section 2.2).
public struct MicroConditioning: Sendable, Hashable {
  /// Where a picture of the training set came from: the size of the photograph before it was scaled, and how many
  /// pixels left of and above the picture were cut off afterwards.
  public struct Framing: Sendable, Hashable, Codable {
    /// Pixels, 1 to 1 000 000.
    public var originalWidth: Int
    /// Pixels, 1 to 1 000 000.
    public var originalHeight: Int
    /// Pixels, 0 to 1 000 000.
    public var cropLeft: Int
    /// Pixels, 0 to 1 000 000.
    public var cropTop: Int

    /// Without a crop unless it is said.
    public init(originalWidth: Int, originalHeight: Int, cropLeft: Int = 0, cropTop: Int = 0) {
      self.originalWidth = originalWidth
      self.originalHeight = originalHeight
      self.cropLeft = cropLeft
      self.cropTop = cropTop
    }

    /// Of which numbers a photograph can be.
    var isPossible: Bool {
      let sides = 1...1_000_000
      return sides.contains(originalWidth) && sides.contains(originalHeight)
        && (cropLeft == 0 || sides.contains(cropLeft)) && (cropTop == 0 || sides.contains(cropTop))
    }
  }

  package var framing: Framing
  /// Of the picture, in pixels.
  package var width: Int
  package var height: Int

  /// - Parameter framing: nil for a picture that is all of its photograph, in its size
  package init(_ framing: Framing? = nil, width: Int, height: Int) {
    self.framing = framing ?? Framing(originalWidth: width, originalHeight: height)
    self.width = width
    self.height = height
  }

  /// How many numbers ``timeIDs`` are.
  static let count = 6

  /// As diffusers orders them: heights before widths, from the top before from the left.
  var timeIDs: [Double] {
    [
      framing.originalHeight, framing.originalWidth, framing.cropTop, framing.cropLeft, height, width,
    ].map { Double($0) }
  }
}
