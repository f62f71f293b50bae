package import Metrics
package import Statistics

extension Verdict {
  /// As people read it. That a score rose does not make the pictures better, so it is called what it is.
  package func word(_ metric: Metric) -> String {
    switch self {
    case .better: metric.higherIsBetter ? "higher" : "lower"
    case .tooFew: "too few"
    case .equivalent, .worse, .inconclusive: rawValue
    }
  }

  /// How a terminal is told to colour it; nil for not at all.
  var terminalColor: String? {
    switch self {
    case .equivalent: "\u{1B}[32m"
    case .worse: "\u{1B}[31m"
    case .better: nil
    case .inconclusive, .tooFew: "\u{1B}[33m"
    }
  }
}
