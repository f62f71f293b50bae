import Foundation
import Images
import PictureFiles
import Wording

/// The key to the colours of a ``HeatMap``, drawn beside it: a strip of its palette with differences in levels.
struct HeatScale: Sendable {
  struct Stop: Sendable {
    /// Along the strip, from 0 to 1.
    let offset: String
    /// As in `#f5e7a0`.
    let color: String
  }

  struct Tick: Sendable {
    /// In the drawing's units.
    let x: String
    let text: String
  }

  static func hex(_ color: IndexedImage.Color) -> String {
    "#" + [color.red, color.green, color.blue].map { String(format: "%02x", $0) }.joined()
  }

  static let levels = [0, 1, 10, 50, 100, 255]
  /// Where the strip begins in the drawing, and how long it is.
  private static let strip = (start: 8.0, length: 224.0)

  let stops = HeatMap.palette.enumerated().map { index, color in
    Stop(
      offset: NumberText.fixed(Double(index) / Double(HeatMap.colorCount - 1), 4),
      color: hex(color))
  }
  let ticks = levels.map { level in
    Tick(
      x: NumberText.fixed(strip.start + strip.length * (Double(level) / 255).squareRoot(), 1),
      text: "\(level)")
  }
}
