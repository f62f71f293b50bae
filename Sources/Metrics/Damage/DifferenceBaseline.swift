public import Images

/// A baseline with what all pictures that are compared with it need of it, computed once: a few numbers.
public struct DifferenceBaseline: Sendable {
  let image: RGBImage
  let edges: EdgeMask
  let colors: ColorMoments

  public init(_ image: RGBImage) {
    self.image = image
    edges = EdgeMask(of: image)
    colors = ColorMoments(of: image)
  }
}
