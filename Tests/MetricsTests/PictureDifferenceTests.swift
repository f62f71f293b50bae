import Foundation
import Images
import Metrics
import Testing

@Suite struct PictureDifferenceTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      let onEdges, highOnEdges: Double?
      let onFlat, low, mid, high, specks, meanShift, spreadShift: Double
      let map: Data
    }
    let cases: [String: Case]
  }

  private static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

  private func picture(_ name: String) throws -> RGBImage {
    try PNGCodec.decode(Self.fixtures.appendingPathComponent("Metrics/\(name).png")).image
  }

  private func plain(_ level: UInt8, width: Int = 64, height: Int = 64) -> RGBImage {
    RGBImage(width: width, height: height, pixels: .init(repeating: level, count: width * height * 3))
  }

  @Test func `every trait equals that of NumPy, SciPy and scikit-image`() throws {
    let data = try Data(contentsOf: Self.fixtures.appendingPathComponent("Differences/differences.json"))
    let cases = try JSONDecoder().decode(Fixture.self, from: data).cases
    #expect(cases.count == 11)
    for (name, expected) in cases {
      let ours = try PictureDifference(of: picture("\(name)-b"), to: picture("\(name)-a"))
      let traits = ours.traits
      let pairs: [(String, Double?, Double?)] = [
        ("onEdges", traits.onEdges, expected.onEdges), ("onFlat", traits.onFlat, expected.onFlat),
        ("low", traits.low, expected.low), ("mid", traits.mid, expected.mid),
        ("high", traits.high, expected.high), ("highOnEdges", traits.highOnEdges, expected.highOnEdges),
        ("specks", traits.specks, expected.specks), ("meanShift", traits.meanShift, expected.meanShift),
        ("spreadShift", traits.spreadShift, expected.spreadShift),
      ]
      for (trait, own, reference) in pairs {
        #expect((own == nil) == (reference == nil), "\(name) \(trait)")
        guard let own, let reference else { continue }
        #expect(abs(own - reference) <= 1e-6, "\(name) \(trait): \(own), not \(reference)")
      }
      // Of a number half between two bytes rounding decides.
      let bytes = [UInt8](expected.map)
      try #require(bytes.count == ours.map.bytes.count)
      let steps = zip(ours.map.bytes, bytes).map { abs(Int($0) - Int($1)) }
      #expect(steps.allSatisfy { $0 <= 1 } && steps.count { $0 > 0 } <= 10, "\(name)")
    }
  }

  @Test func `a map shows where the difference is, and its mean over maps`() throws {
    let baseline = plain(100)
    var corner = baseline
    for channel in 0..<3 { corner.pixels[channel] = 140 }
    let map = try PictureDifference(of: corner, to: baseline).map
    // One of the four pixels of the first cell is 40 levels off.
    #expect(abs(map.levels[0] - 10) < 0.2 && map.levels.dropFirst().allSatisfy { $0 == 0 })
    #expect(map.rim > 0 && map.centre == 0)
    let none = try PictureDifference(of: baseline, to: baseline).map
    #expect(none.bytes.allSatisfy { $0 == 0 })
    let mean = try #require(DifferenceMap.mean(of: [map, none]))
    #expect(mean[0] == map.levels[0] / 2 && mean.count == DifferenceMap.side * DifferenceMap.side)
    #expect(DifferenceMap.mean(of: []) == nil)
    #expect(DifferenceMap(bytes: map.bytes) == map && DifferenceMap(bytes: [1, 2]) == nil)
  }

  @Test(arguments: [1, 2, 13, 31, 32, 33, 512]) func `pictures of every size have a map`(width: Int) throws {
    let difference = try PictureDifference(
      of: plain(120, width: width, height: 9), to: plain(100, width: width, height: 9))
    for level in difference.map.levels { #expect(abs(level - 20) < 0.4) }
    #expect(abs(difference.map.rim - difference.map.centre) < 1e-9)
    #expect(difference.traits.onEdges == nil && abs(difference.traits.onFlat - 20) < 1e-9)
  }

  @Test func `the scale of a map errs by no more than half a step`() throws {
    for level in [1, 2, 5, 17, 90, 255] {
      let map = try PictureDifference(of: plain(UInt8(level)), to: plain(0)).map
      #expect(abs(map.levels[0] / Double(level) - 1) < 0.017, "\(level)")
    }
  }

  @Test func `pictures of different sizes are an error that names both`() {
    #expect(throws: MetricError.differentSizes(image: [2, 1], baseline: [1, 2])) {
      try PictureDifference(of: plain(0, width: 2, height: 1), to: plain(0, width: 1, height: 2))
    }
  }
}
