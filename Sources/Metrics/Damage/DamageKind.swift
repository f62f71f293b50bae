/// What went wrong with a merged picture, as far as rules can tell: a way of finding pictures to look at, no judgement of
/// any of them. A picture may show several kinds, or none.
///
/// The thresholds are of visible examples among the demonstration model's pictures; the rules are the same for all.
package enum DamageKind: String, CaseIterable, Codable, Sendable {
  case speckle
  case frayed = "frayed_edges"
  case colorShift = "color_shift"
  case lost = "lost_object"
  case recomposed

  /// Of the pixels in flat areas, see ``DifferenceTraits/specks``.
  package static let leastSpecks = 0.002
  /// Levels, see ``DifferenceTraits/highOnEdges``.
  package static let leastFraying = 8.0
  /// ΔE, see ``DifferenceTraits/meanShift``; just noticeable is about 2.3 side by side (Mahy et al. 1994), and less over
  /// a whole frame.
  package static let leastColorShift = 2.0
  /// CLIP-I below which something of the baseline is taken for lost.
  package static let leastCLIPImage = 85.0
  /// SSIM below which the picture is taken to be composed anew.
  package static let leastSSIM = 0.6

  /// - Parameters:
  ///   - traits: nil where they were not measured.
  ///   - ssim: nil where there is none, as the next.
  ///   - clipImage: 100 times the cosine of both pictures' embeddings.
  /// - Returns: in the order of the cases.
  package static func kinds(of traits: DifferenceTraits?, ssim: Double?, clipImage: Double?) -> [DamageKind] {
    allCases.filter { $0.applies(to: traits, ssim: ssim, clipImage: clipImage) }
  }

  private func applies(to traits: DifferenceTraits?, ssim: Double?, clipImage: Double?) -> Bool {
    // Where all has moved, every edge differs.
    let isComposedAlike = ssim.map { $0 >= Self.leastSSIM } ?? true
    switch self {
    case .speckle: return isComposedAlike && traits.map { $0.specks >= Self.leastSpecks } == true
    case .frayed:
      guard isComposedAlike, let traits, let onEdges = traits.highOnEdges else { return false }
      return onEdges >= Self.leastFraying && traits.high >= traits.mid
    case .colorShift:
      return traits.map { max($0.meanShift, $0.spreadShift) >= Self.leastColorShift } == true
    case .lost: return clipImage.map { $0 < Self.leastCLIPImage } == true
    case .recomposed: return !isComposedAlike && clipImage.map { $0 >= Self.leastCLIPImage } == true
    }
  }

  /// The name in JSON and in CSV.
  package var key: String { rawValue }

  package var title: String {
    switch self {
    case .speckle: "speckle"
    case .frayed: "frayed edges"
    case .colorShift: "colour shift"
    case .lost: "lost object"
    case .recomposed: "recomposed"
    }
  }

  /// Tells the kinds apart where there is little room.
  package var letter: Character {
    switch self {
    case .speckle: "s"
    case .frayed: "f"
    case .colorShift: "c"
    case .lost: "l"
    case .recomposed: "r"
    }
  }

  /// The rule in words, with its numbers.
  package var rule: String {
    switch self {
    case .speckle:
      "in the flat areas of the baseline, which mostly lie outside its subject, "
        + "\(Self.text(Self.leastSpecks * 100)) % of the pixels or more differ by over "
        + "\(Self.text(DifferenceTraits.speckLevels)) levels in the high band; SSIM at least \(Self.leastSSIM)"
    case .frayed:
      "on the edges of the baseline the high band’s root mean square is \(Self.text(Self.leastFraying)) levels or "
        + "more, and in the whole picture not below the mid band’s; SSIM at least \(Self.leastSSIM)"
    case .colorShift:
      "the mean colour, or the standard deviations of the channels, moved by a ΔE of "
        + "\(Self.text(Self.leastColorShift)) or more in CIELAB"
    case .lost: "CLIP-I below \(Self.text(Self.leastCLIPImage))"
    case .recomposed:
      "SSIM below \(Self.leastSSIM), with a CLIP-I of \(Self.text(Self.leastCLIPImage)) or more"
    }
  }

  private static func text(_ number: Double) -> String { Int(exactly: number).map { "\($0)" } ?? "\(number)" }
}
