/// How large a mean difference in a score may be and still count as none.
public enum Margin: Hashable, Sendable, Codable {
  /// In the score's own units.
  case absolute(Double)
  /// As a share of the baseline's mean score.
  case shareOfBaseline(Double)

  /// One per cent of the baseline's mean score: five times MLPerf's tolerance.
  ///
  /// A share means the same to every CLIP checkpoint, and this one can be settled: where the prompts'
  /// differences have standard deviation s, an interval of ± m takes about (2 s / m)² prompts. At a score of 30
  /// and s = 1.5 that is a hundred prompts for this margin and 2500 for MLPerf's.
  public static let standard = Margin.shareOfBaseline(0.01)

  /// 0.2 % of the baseline's mean, the tolerance MLPerf Inference allows an accelerated text-to-image model.
  public static let mlperf = Margin.shareOfBaseline(0.002)

  /// The margin in the score's units, given the baseline's mean score.
  public func value(baselineMean: Double) -> Double {
    switch self {
    case .absolute(let value): value
    case .shareOfBaseline(let share): share * abs(baselineMean)
    }
  }
}
