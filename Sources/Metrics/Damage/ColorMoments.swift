import Images

/// Mean and standard deviation of a picture's pixels in CIELAB, see ``LabConversion``.
struct ColorMoments {
  /// Of L*, a* and b*.
  let means: [Double]
  let deviations: [Double]

  init(of image: RGBImage) {
    let lab = LabConversion()
    // Counted from the first pixel's colour: of a picture of one colour the deviations are 0.
    let origin = lab(image.pixels[0], image.pixels[1], image.pixels[2])
    var sums = [0.0, 0.0, 0.0]
    var squares = [0.0, 0.0, 0.0]
    for at in stride(from: 0, to: image.pixels.count, by: 3) {
      let color = lab(image.pixels[at], image.pixels[at + 1], image.pixels[at + 2])
      let (lightness, a, b) = (color.lightness - origin.lightness, color.a - origin.a, color.b - origin.b)
      sums[0] += lightness
      sums[1] += a
      sums[2] += b
      squares[0] += lightness * lightness
      squares[1] += a * a
      squares[2] += b * b
    }
    let count = Double(image.width * image.height)
    let offsets = sums.map { $0 / count }
    means = zip([origin.lightness, origin.a, origin.b], offsets).map(+)
    deviations = zip(squares, offsets).map { max(0, $0 / count - $1 * $1).squareRoot() }
  }

  /// Euclidean distances of the means, which is the CIE 1976 colour difference ΔE of the mean colours, and of the
  /// deviations.
  func distances(to other: ColorMoments) -> (means: Double, deviations: Double) {
    func distance(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    return (distance(means, other.means), distance(deviations, other.deviations))
  }
}
