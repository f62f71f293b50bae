import Images

/// What of a picture lies on edges and what in flat areas, by its gradient's magnitudes as ``GradientRows`` gives them:
/// edges are above the 80th percentile of the picture's own magnitudes, flat is what lies at or below their median.
///
/// It holds the two percentiles and nothing of a pixel: whoever asks takes the magnitudes from ``GradientRows`` again.
struct EdgeMask {
  let edge: Int
  let flat: Int

  init(of image: RGBImage) {
    let last = image.width * image.height - 1
    var ranked = [RankedMagnitude(rank: last * 8 / 10), RankedMagnitude(rank: last / 2)]
    var magnitudes = [Int](repeating: 0, count: image.width)
    while ranked[0].isOpen {
      var rows = GradientRows(of: image)
      for _ in 0..<image.height {
        rows.next(into: &magnitudes)
        for index in ranked.indices { ranked[index].count(magnitudes) }
      }
      for index in ranked.indices { ranked[index].descend() }
    }
    (edge, flat) = (ranked[0].value, ranked[1].value)
  }

  func isEdge(_ magnitude: Int) -> Bool { magnitude > edge }
  func isFlat(_ magnitude: Int) -> Bool { magnitude <= flat }
}

/// The magnitude at a place of all in their order, which are too many to be sorted and too far apart for one histogram:
/// it is found digit by digit from the highest, each by counting what follows the digits that are found.
private struct RankedMagnitude {
  /// Of what begins with the digits that are found, how many come before.
  private var rank: Int
  /// The digits that are found.
  private(set) var value = 0
  /// Bits below them.
  private var open = Self.digits * Self.digitBits
  private var counts = [Int](repeating: 0, count: 1 << Self.digitBits)

  /// As many counts as stay in a processor's nearest cache.
  private static let digitBits = 11
  private static let digits = (GradientRows.bits + digitBits - 1) / digitBits

  init(rank: Int) { self.rank = rank }

  /// Whether digits are still to be found.
  var isOpen: Bool { open > 0 }

  mutating func count(_ magnitudes: [Int]) {
    let (shift, found) = (open - Self.digitBits, value)
    let magnitudes = magnitudes.span
    var counts = counts.mutableSpan
    for x in magnitudes.indices {
      let digits = magnitudes[x] >> shift
      if digits >> Self.digitBits == found { counts[digits & (1 << Self.digitBits - 1)] += 1 }
    }
  }

  /// All magnitudes are counted: finds the next digit.
  mutating func descend() {
    var digit = 0
    while rank >= counts[digit] {
      rank -= counts[digit]
      digit += 1
    }
    value = value << Self.digitBits + digit
    open -= Self.digitBits
    for index in counts.indices { counts[index] = 0 }
  }
}
