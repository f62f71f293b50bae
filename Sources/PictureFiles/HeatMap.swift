import Foundation
package import Images

/// How far a picture is from its baseline, pixel by pixel: of the largest difference d of the three channels, in
/// 8-bit levels, the colour at √(d / 255) of ``LightnessRamp``.
///
/// The scale is the same for every picture and every ratio, so that heat maps can be compared with each other. The
/// root makes one level visible and still tells 100 from 200.
package enum HeatMap {
  /// Enough for smooth maps, few enough for small files.
  package static let colorCount = 32
  /// Names the scale in the files' folder: another scale must not find the files of this one.
  package static let folder = "differences"

  package static let palette = LightnessRamp.palette(colorCount)

  /// Where a difference of `levels` stands in the palette.
  static func index(_ levels: Int) -> UInt8 {
    UInt8((sqrt(Double(levels) / 255) * Double(colorCount - 1)).rounded())
  }

  private static let indices = (0...255).map(index)

  /// - Precondition: both pictures have the same size.
  static func image(of picture: RGBImage, from baseline: RGBImage) -> IndexedImage {
    precondition(
      picture.width == baseline.width && picture.height == baseline.height,
      "a heat map of \(picture.width)x\(picture.height) from \(baseline.width)x\(baseline.height)")
    var result = [UInt8](repeating: 0, count: picture.width * picture.height)
    let (first, second, table) = (picture.pixels.span, baseline.pixels.span, indices.span)
    var output = result.mutableSpan
    for pixel in output.indices {
      let at = pixel * 3
      let red = abs(Int(first[at]) - Int(second[at]))
      let green = abs(Int(first[at + 1]) - Int(second[at + 1]))
      let blue = abs(Int(first[at + 2]) - Int(second[at + 2]))
      output[pixel] = table[max(red, green, blue)]
    }
    return IndexedImage(
      width: picture.width, height: picture.height, indices: result, palette: palette)
  }
}
