/// How large a mean difference in a score may be and still count as none.
public enum Margin: Hashable, Sendable, Codable {
  /// In the score's own units.
  case absolute(Double)
  /// As a share of the baseline's mean score.
  case shareOfBaseline(Double)
  /// As a share of the standard deviation between seeds of one prompt: of how much the score depends on chance anyway.
  case shareOfSeedSpread(Double)

  /// One per cent of the baseline's mean score: five times MLPerf's tolerance.
  ///
  /// A share means the same to every CLIP checkpoint, and this one can be settled: where the prompts'
  /// differences have standard deviation s, an interval of ± m takes about (2 s / m)² prompts. At a score of 30
  /// and s = 1.5 that is a hundred prompts for this margin and 2500 for MLPerf's.
  public static let standard = Margin.shareOfBaseline(0.01)

  /// 0.2 % of the baseline's mean, the tolerance MLPerf Inference allows an accelerated text-to-image model.
  public static let mlperf = Margin.shareOfBaseline(0.002)

  /// The margin in the score's units, given the baseline's mean score and the standard deviation between its seeds.
  /// - Parameters:
  ///   - baselineMean: Mean score of the baseline's pictures.
  ///   - seedSpread: See ``seedSpread(_:)``; nil where it is not known.
  /// - Returns: nil for a share of a spread that is not known, or is none.
  public func value(baselineMean: Double, seedSpread: Double? = nil) -> Double? {
    switch self {
    case .absolute(let value): value
    case .shareOfBaseline(let share): share * abs(baselineMean)
    case .shareOfSeedSpread(let share): seedSpread.flatMap { $0 > 0 ? share * $0 : nil }
    }
  }
}
