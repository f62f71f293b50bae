import Foundation
import Images
import Metrics
import Testing

@Suite struct `The colour difference CIEDE2000` {
  private struct Fixture: Decodable {
    struct Pair: Decodable {
      let first, second: [Double]
      /// Four decimals, of the paper.
      let published: Double
      /// scikit-image's.
      let difference: Double
    }
    let pairs: [Pair]
  }

  private func color(_ values: [Double]) -> LabColor {
    LabColor(lightness: values[0], a: values[1], b: values[2])
  }

  private func picture(_ pixels: [[UInt8]]) -> RGBImage {
    RGBImage(width: pixels.count, height: 1, pixels: pixels.flatMap(\.self))
  }

  @Test func `is the published one of all 34 pairs, and scikit-image's, in both directions`() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/Metrics/color-differences.json")
    let pairs = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file)).pairs
    #expect(pairs.count == 34)
    for pair in pairs {
      let (first, second) = (color(pair.first), color(pair.second))
      for ours in [ciede2000(first, second), ciede2000(second, first)] {
        #expect(abs(ours - pair.published) <= 5e-5, "\(pair): \(ours)")
        #expect(abs(ours - pair.difference) <= 1e-9, "\(pair): \(ours)")
      }
      #expect(ciede2000(first, first) == 0 && ciede2000(second, second) == 0)
    }
  }

  @Test func `of greys, which have no hue, is that of their lightness`() {
    let (black, grey) = (LabColor(lightness: 0, a: 0, b: 0), LabColor(lightness: 100, a: 0, b: 0))
    // Their mean lightness is 50, where a step of L* counts whole.
    #expect(ciede2000(black, grey) == 100)
    #expect(ciede2000(black, black) == 0)
  }

  @Test func `of two pictures is the mean over all pixels, equal ones counted`() {
    let (black, white, blue): ([UInt8], [UInt8], [UInt8]) = ([0, 0, 0], [255, 255, 255], [0, 0, 255])
    let whole = deltaE(picture([white]), picture([black]))
    // scikit-image's white has a chroma of 0.005.
    #expect(abs(whole - 100) < 1e-3)
    #expect(deltaE(picture([white, blue, blue, black]), picture([black, blue, blue, black])) == whole / 4)
    #expect(deltaE(picture([white, blue]), picture([white, blue])) == 0)
    #expect(
      deltaE(picture([white, blue]), picture([blue, white])) == deltaE(picture([white]), picture([blue])))
  }
}
