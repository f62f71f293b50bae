import Images

/// How a picture differs from its baseline, in numbers that tell kinds of damage apart; see ``DamageKind``.
///
/// They are no scores: none says how good a picture is, or by itself how different.
package struct DifferenceTraits: Sendable, Hashable {
  /// Mean absolute difference over 8-bit RGB on the edges of the baseline, where the magnitude of Sobel's gradient of its
  /// luma is above its 80th percentile; nil where it has none.
  package let onEdges: Double?
  /// The same in the flat areas of the baseline, where the magnitude is at or below its median.
  package let onFlat: Double
  /// Root mean square of the difference of the lumas in three bands of spatial frequency, in 8-bit levels: coarser than a
  /// 16th of the frame's shorter side, between, and finer than a 128th.
  package let low: Double
  package let mid: Double
  package let high: Double
  /// The high band's on the edges of the baseline; nil where it has none.
  package let highOnEdges: Double?
  /// The share (0...1) of the pixels in flat areas whose difference in the high band is more than ``speckLevels``.
  package let specks: Double
  /// Distances in CIELAB of the mean colours (ΔE, CIE 1976) and of the channels' standard deviations.
  package let meanShift: Double
  package let spreadShift: Double

  /// What makes a pixel a speck, in 8-bit levels.
  package static let speckLevels = 8.0

  package init(
    onEdges: Double?, onFlat: Double, low: Double, mid: Double, high: Double, highOnEdges: Double?,
    specks: Double, meanShift: Double, spreadShift: Double
  ) {
    self.onEdges = onEdges
    self.onFlat = onFlat
    self.low = low
    self.mid = mid
    self.high = high
    self.highOnEdges = highOnEdges
    self.specks = specks
    self.meanShift = meanShift
    self.spreadShift = spreadShift
  }

  /// - Parameter measured: of the baseline
  /// - Precondition: both pictures have the same size.
  init(of image: RGBImage, to baseline: RGBImage, measured: DifferenceBaseline) {
    let mask = measured.edges
    var bands = FrequencyBands(of: image, to: baseline)
    var gradients = GradientRows(of: baseline)
    var magnitudes = [Int](repeating: 0, count: image.width)
    var (edges, flat) = (AreaSums(), AreaSums())
    var (low, mid, high) = (0.0, 0.0, 0.0)
    var specks = 0
    let (own, other) = (image.pixels.span, baseline.pixels.span)
    for y in 0..<image.height {
      bands.advance()
      gradients.next(into: &magnitudes)
      for x in 0..<image.width {
        low += bands.low[x] * bands.low[x]
        mid += bands.mid[x] * bands.mid[x]
        high += bands.high[x] * bands.high[x]
        let (isEdge, isFlat) = (mask.isEdge(magnitudes[x]), mask.isFlat(magnitudes[x]))
        guard isEdge || isFlat else { continue }
        let at = (y * image.width + x) * 3
        let difference =
          abs(Int(own[at]) - Int(other[at])) + abs(Int(own[at + 1]) - Int(other[at + 1]))
          + abs(Int(own[at + 2]) - Int(other[at + 2]))
        if isEdge { edges.add(difference, bands.high[x]) }
        if isFlat {
          flat.add(difference, bands.high[x])
          if abs(bands.high[x]) > Self.speckLevels { specks += 1 }
        }
      }
    }
    func rootMeanSquare(_ squares: Double) -> Double {
      (squares / Double(image.width * image.height)).squareRoot()
    }
    let colors = ColorMoments(of: image).distances(to: measured.colors)
    self.init(
      onEdges: edges.meanDifference, onFlat: flat.meanDifference ?? 0, low: rootMeanSquare(low),
      mid: rootMeanSquare(mid), high: rootMeanSquare(high), highOnEdges: edges.rootMeanSquare,
      specks: Double(specks) / Double(max(flat.pixels, 1)), meanShift: colors.means,
      spreadShift: colors.deviations)
  }

  /// What is summed up over a part of the pixels.
  private struct AreaSums {
    private(set) var pixels = 0
    private var differences = 0
    private var squares = 0.0

    /// - Parameters:
    ///   - difference: of all three channels
    ///   - value: in the high band
    mutating func add(_ difference: Int, _ value: Double) {
      pixels += 1
      differences += difference
      squares += value * value
    }

    /// Nil of no pixels, as the next.
    var meanDifference: Double? { pixels > 0 ? Double(differences) / Double(3 * pixels) : nil }
    var rootMeanSquare: Double? { pixels > 0 ? (squares / Double(pixels)).squareRoot() : nil }
  }
}
