package import Images

/// What all pictures that are compared with a baseline need of it, computed once: a few numbers, without the picture.
package struct DifferenceBaseline: Sendable {
  let edges: EdgeMask
  let colors: ColorMoments

  package init(_ image: RGBImage) {
    edges = EdgeMask(of: image)
    colors = ColorMoments(of: image)
  }
}
