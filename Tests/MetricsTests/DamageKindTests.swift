import Images
import Metrics
import Testing

@Suite struct DamageKindTests {
  private func traits(
    low: Double = 1, mid: Double = 1, high: Double = 1, highOnEdges: Double? = 1, specks: Double = 0,
    meanShift: Double = 0, spreadShift: Double = 0
  ) -> DifferenceTraits {
    DifferenceTraits(
      onEdges: highOnEdges, onFlat: 1, low: low, mid: mid, high: high, highOnEdges: highOnEdges,
      specks: specks, meanShift: meanShift, spreadShift: spreadShift)
  }

  private func kinds(_ traits: DifferenceTraits?, ssim: Double? = 0.95, clipImage: Double? = 99)
    -> [DamageKind]
  {
    DamageKind.kinds(of: traits, ssim: ssim, clipImage: clipImage)
  }

  @Test func `every rule begins at its threshold`() {
    #expect(kinds(traits()).isEmpty)
    #expect(kinds(traits(specks: 0.002)) == [.speckle] && kinds(traits(specks: 0.0019)).isEmpty)
    #expect(kinds(traits(high: 3, highOnEdges: 8)) == [.frayed])
    #expect(kinds(traits(high: 3, highOnEdges: 7.9)).isEmpty)
    #expect(kinds(traits(mid: 4, high: 3, highOnEdges: 8)).isEmpty)
    #expect(kinds(traits(high: 3, highOnEdges: nil)).isEmpty)
    #expect(kinds(traits(meanShift: 2)) == [.colorShift] && kinds(traits(spreadShift: 2)) == [.colorShift])
    #expect(kinds(traits(meanShift: 1.9, spreadShift: 1.9)).isEmpty)
    #expect(kinds(traits(), clipImage: 84.9) == [.lost] && kinds(traits(), clipImage: 85).isEmpty)
    #expect(kinds(traits(), ssim: 0.59) == [.recomposed] && kinds(traits(), ssim: 0.6).isEmpty)
    #expect(kinds(traits(), ssim: 0.59, clipImage: 84.9) == [.lost])
  }

  @Test func `a picture has several kinds or none, and of what is not known none`() {
    let all = traits(high: 3, highOnEdges: 20, specks: 0.1, meanShift: 9)
    #expect(kinds(all) == [.speckle, .frayed, .colorShift])
    // Where all has moved, edges and flat areas say nothing.
    #expect(kinds(all, ssim: 0.3) == [.colorShift, .recomposed])
    #expect(kinds(nil, ssim: nil, clipImage: nil).isEmpty)
    #expect(kinds(nil, clipImage: 50) == [.lost])
    #expect(kinds(all, ssim: nil, clipImage: nil) == [.speckle, .frayed, .colorShift])
  }

  @Test func `kinds are told apart by letters, keys and titles, and say their numbers`() {
    for distinct in [
      Set(DamageKind.allCases.map { String($0.letter) }), Set(DamageKind.allCases.map(\.key)),
      Set(DamageKind.allCases.map(\.title)), Set(DamageKind.allCases.map(\.rule)),
    ] { #expect(distinct.count == DamageKind.allCases.count) }
    #expect(DamageKind.speckle.rule.contains("0.2 %") && DamageKind.speckle.rule.contains("8 levels"))
    #expect(DamageKind.lost.rule == "CLIP-I below 85")
  }

  @Test func `drawn damage is found`() throws {
    // A disc on a ground, and what may become of it.
    let side = 128
    func drawn(_ change: (_ x: Int, _ y: Int, _ inside: Bool) -> Int) -> RGBImage {
      var pixels: [UInt8] = []
      for y in 0..<side {
        for x in 0..<side {
          let inside = (x - 64) * (x - 64) + (y - 64) * (y - 64) < 900
          pixels += [UInt8](repeating: UInt8(clamping: (inside ? 60 : 200) + change(x, y, inside)), count: 3)
        }
      }
      return RGBImage(width: side, height: side, pixels: pixels)
    }
    let baseline = drawn { _, _, _ in 0 }
    func kinds(_ change: @escaping (Int, Int, Bool) -> Int) throws -> [DamageKind] {
      let picture = drawn(change)
      return DamageKind.kinds(
        of: try PictureDifference(of: picture, to: baseline).traits, ssim: ssim(picture, baseline),
        clipImage: 95)
    }
    #expect(try kinds { _, _, _ in 0 }.isEmpty)
    #expect(try kinds { x, y, _ in x % 16 == 8 && y % 16 == 8 ? -80 : 0 }.contains(.speckle))
    #expect(try kinds { _, _, _ in 12 } == [.colorShift])
    let frayed = try kinds { x, y, inside in
      let distance = (x - 64) * (x - 64) + (y - 64) * (y - 64)
      return !inside && distance < 1000 && (x + y) % 4 < 2 ? -140 : 0
    }
    #expect(frayed.contains(.frayed) && !frayed.contains(.recomposed))
  }
}
