import Foundation

/// A colour in CIELAB (CIE 1976).
package struct LabColor: Sendable, Equatable {
  /// L*, from black, 0, to white, 100.
  package let lightness: Double
  /// a*, from green below 0 to red.
  package let a: Double
  /// b*, from blue below 0 to yellow.
  package let b: Double

  /// C*: 0 for greys.
  package var chroma: Double { (a * a + b * b).squareRoot() }

  package init(lightness: Double, a: Double, b: Double) {
    self.lightness = lightness
    self.a = a
    self.b = b
  }
}

/// From 8-bit sRGB to CIELAB under D65 for the 2° observer, as `skimage.color.rgb2lab` computes it.
struct LabConversion {
  /// Held here, so that a loop over pixels does not ask at each of them whether the table has been made.
  private let linear = Self.linear

  func callAsFunction(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> LabColor {
    let (r, g, b) = (linear[Int(red)], linear[Int(green)], linear[Int(blue)])
    let x = Self.response((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047)
    let y = Self.response(0.212671 * r + 0.715160 * g + 0.072169 * b)
    let z = Self.response((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883)
    return LabColor(lightness: 116 * y - 16, a: 500 * (x - y), b: 200 * (y - z))
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
