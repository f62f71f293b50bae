/// What SDXL is told of the photograph that a picture would come from: how large it was before it was scaled, and how
/// many pixels left of and above the picture were cut off then.
public struct Framing: Hashable, Sendable, Codable {
  /// Pixels.
  public var originalWidth: Int
  public var originalHeight: Int
  public var cropLeft: Int
  public var cropTop: Int

  /// Nil where nothing is asked for that pictures of that size do not have anyway.
  public init?(original: (width: Int, height: Int)?, crop: (left: Int, top: Int)?, width: Int, height: Int) {
    (originalWidth, originalHeight) = original ?? (width, height)
    (cropLeft, cropTop) = crop ?? (0, 0)
    if (originalWidth, originalHeight, cropLeft, cropTop) == (width, height, 0, 0) { return nil }
  }
}

extension Sampling {
  /// Of the photograph, where it is not the picture's.
  public var originalSize: (width: Int, height: Int)? {
    guard let framing, (framing.originalWidth, framing.originalHeight) != (width, height) else { return nil }
    return (framing.originalWidth, framing.originalHeight)
  }

  /// What is cut off the photograph, where something is.
  public var crop: (left: Int, top: Int)? {
    guard let framing, (framing.cropLeft, framing.cropTop) != (0, 0) else { return nil }
    return (framing.cropLeft, framing.cropTop)
  }
}
