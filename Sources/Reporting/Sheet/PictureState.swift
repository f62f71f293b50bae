/// What became of a picture against its baseline, or against that of another run, as the sheet marks and filters it.
///
/// A picture lost or gained when its CLIP score changed by more than the margin that verdicts on means use: that is
/// a way of finding pictures to look at, not a test of one picture.
enum PictureState: String, CaseIterable, Sendable {
  case baseline, lost, kept, gained, identical, missing
  /// There, but without a CLIP score to compare.
  case unscored

  init(isBaseline: Bool, isThere: Bool, isIdentical: Bool, change: Double?, margin: Double?) {
    self =
      if !isThere {
        .missing
      } else if isBaseline {
        .baseline
      } else if isIdentical {
        .identical
      } else if let change, let margin {
        abs(change) <= margin ? .kept : change < 0 ? .lost : .gained
      } else {
        .unscored
      }
  }

  /// As a choice of the sheet's filter; nil where there is nothing to choose.
  /// - Parameter isBeside: Whether pictures are compared with those of another run.
  func choice(margin: String, isBeside: Bool = false) -> String? {
    switch self {
    case .lost: "lost more than \(margin)"
    case .kept: "changed by \(margin) at most"
    case .gained: "gained more than \(margin)"
    case .identical: isBeside ? "identical to what it is compared with" : "identical to the baseline"
    case .missing: "failed or missing"
    case .baseline, .unscored: nil
    }
  }
}
