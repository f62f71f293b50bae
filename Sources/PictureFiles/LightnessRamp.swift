import Foundation
import Images

/// Colours that read as more and more: from near black over violet, red and orange to a light yellow, in equal
/// steps of perceived lightness.
///
/// In OKLCh (Ottosson 2020, "A perceptual color space for image processing"), with lightness and hue linear in the
/// position and as much chroma as sRGB allows, up to an arch of 0.2.
enum LightnessRamp {
  static let lightness = 0.09...0.97
  /// Degrees: blue-violet to yellow, the long way over red.
  private static let hue = (start: 290.0, end: 465.0)

  /// - Parameter position: 0 for the darkest, 1 for the lightest.
  static func color(_ position: Double) -> IndexedImage.Color {
    let light = lightness.lowerBound + position * (lightness.upperBound - lightness.lowerBound)
    let angle = (hue.start + position * (hue.end - hue.start)) * .pi / 180
    var chroma = 0.2 * pow(sin(.pi * min(max(position, 0), 1)), 0.7)
    if !linear(light, chroma, angle).allSatisfy((0...1).contains) {
      // The largest chroma inside sRGB, to far below what 8 bits show.
      var (inside, outside) = (0.0, chroma)
      for _ in 0..<24 {
        chroma = (inside + outside) / 2
        if linear(light, chroma, angle).allSatisfy((0...1).contains) {
          inside = chroma
        } else {
          outside = chroma
        }
      }
      chroma = inside
    }
    let values = linear(light, chroma, angle).map { UInt8((encoded($0) * 255).rounded()) }
    return .init(red: values[0], green: values[1], blue: values[2])
  }

  static func palette(_ count: Int) -> [IndexedImage.Color] {
    (0..<count).map { color(Double($0) / Double(count - 1)) }
  }

  /// OKLCh to linear sRGB.
  private static func linear(_ light: Double, _ chroma: Double, _ angle: Double) -> [Double] {
    let (a, b) = (chroma * cos(angle), chroma * sin(angle))
    let l = pow(light + 0.3963377774 * a + 0.2158037573 * b, 3)
    let m = pow(light - 0.1055613458 * a - 0.0638541728 * b, 3)
    let s = pow(light - 0.0894841775 * a - 1.2914855480 * b, 3)
    return [
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s,
    ]
  }

  /// The transfer curve of sRGB.
  private static func encoded(_ value: Double) -> Double {
    let value = min(max(value, 0), 1)
    return value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
  }
}
