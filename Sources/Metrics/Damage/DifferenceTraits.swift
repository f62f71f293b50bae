import Images

/// How a picture differs from its baseline, in numbers that tell kinds of damage apart; see ``DamageKind``.
///
/// They are no scores: none says how good a picture is, or by itself how different.
public struct DifferenceTraits: Sendable, Hashable {
  /// Mean absolute difference over 8-bit RGB on the edges of the baseline, where the magnitude of Sobel's gradient of its
  /// luma is above its 80th percentile; nil where it has none.
  public let onEdges: Double?
  /// The same in the flat areas of the baseline, where the magnitude is at or below its median.
  public let onFlat: Double
  /// Root mean square of the difference of the lumas in three bands of spatial frequency, in 8-bit levels: coarser than a
  /// 16th of the frame's shorter side, between, and finer than a 128th.
  public let low: Double
  public let mid: Double
  public let high: Double
  /// The high band's on the edges of the baseline; nil where it has none.
  public let highOnEdges: Double?
  /// The share (0...1) of the pixels in flat areas whose difference in the high band is more than ``speckLevels``.
  public let specks: Double
  /// Distances in CIELAB of the mean colours (ΔE, CIE 1976) and of the channels' standard deviations.
  public let meanShift: Double
  public let spreadShift: Double

  /// What makes a pixel a speck, in 8-bit levels.
  public static let speckLevels = 8.0

  public init(
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

  /// - Precondition: both pictures have the same size.
  init(of image: RGBImage, to reference: DifferenceBaseline) {
    let (baseline, mask) = (reference.image, reference.edges)
    let bands = FrequencyBands(of: image, to: baseline)
    var (edges, flat) = (AreaSums(), AreaSums())
    var specks = 0
    for pixel in bands.high.indices {
      let (isEdge, isFlat) = (mask.isEdge[pixel], mask.isFlat[pixel])
      guard isEdge || isFlat else { continue }
      let at = pixel * 3
      let difference = (at..<at + 3).reduce(0) {
        $0 + abs(Int(image.pixels[$1]) - Int(baseline.pixels[$1]))
      }
      if isEdge { edges.add(difference, bands.high[pixel]) }
      if isFlat {
        flat.add(difference, bands.high[pixel])
        if abs(bands.high[pixel]) > Self.speckLevels { specks += 1 }
      }
    }
    func rootMeanSquare(_ band: [Double]) -> Double {
      (band.reduce(0) { $0 + $1 * $1 } / Double(band.count)).squareRoot()
    }
    let colors = ColorMoments(of: image).distances(to: reference.colors)
    self.init(
      onEdges: edges.meanDifference, onFlat: flat.meanDifference ?? 0, low: rootMeanSquare(bands.low),
      mid: rootMeanSquare(bands.mid), high: rootMeanSquare(bands.high), highOnEdges: edges.rootMeanSquare,
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
