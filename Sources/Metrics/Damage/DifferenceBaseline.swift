public import Images

/// What all pictures that are compared with a baseline need of it, computed once: a few numbers, without the picture.
public struct DifferenceBaseline: Sendable {
  let edges: EdgeMask
  let colors: ColorMoments

  public init(_ image: RGBImage) {
    edges = EdgeMask(of: image)
    colors = ColorMoments(of: image)
  }
}
