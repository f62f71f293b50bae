import Foundation
import Images

/// Mean and standard deviation of a picture's pixels in CIELAB (CIE 1976, D65, 2° observer), from sRGB as
/// `skimage.color.rgb2lab` computes it.
struct ColorMoments {
  /// Of L*, a* and b*.
  let means: [Double]
  let deviations: [Double]

  init(of image: RGBImage) {
    // Counted from the first pixel's colour: of a picture of one colour the deviations are 0.
    let origin = Self.lab(image.pixels[0], image.pixels[1], image.pixels[2])
    var sums = [0.0, 0.0, 0.0]
    var squares = [0.0, 0.0, 0.0]
    for at in stride(from: 0, to: image.pixels.count, by: 3) {
      let lab = Self.lab(image.pixels[at], image.pixels[at + 1], image.pixels[at + 2])
      let (lightness, a, b) = (lab.lightness - origin.lightness, lab.a - origin.a, lab.b - origin.b)
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

  private static func lab(
    _ red: UInt8, _ green: UInt8, _ blue: UInt8
  ) -> (lightness: Double, a: Double, b: Double) {
    let (r, g, b) = (linear[Int(red)], linear[Int(green)], linear[Int(blue)])
    let x = response((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047)
    let y = response(0.212671 * r + 0.715160 * g + 0.072169 * b)
    let z = response((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883)
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))
  }

  private static func response(_ value: Double) -> Double {
    value > 0.008856 ? cbrt(value) : 7.787 * value + 16.0 / 116
  }

  /// Of the 8-bit values of sRGB (IEC 61966-2-1).
  private static let linear: [Double] = (0...255).map { level in
    let value = Double(level) / 255
    return value > 0.04045 ? pow((value + 0.055) / 1.055, 2.4) : value / 12.92
  }
}
