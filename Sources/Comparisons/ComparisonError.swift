/// What can keep a comparison from being made: one sentence.
public enum ComparisonError: Error, Equatable, CustomStringConvertible {
  case unknownVariant(String, run: String, known: [String])
  case ambiguousVariant(String, run: String, count: Int)
  case badMargin(String)
  case noSeedSpread(run: String)

  public var description: String {
    switch self {
    case .unknownVariant(let label, let run, let known):
      "run '\(run)' has no variant '\(label)' to compare; it has "
        + known.map { "'\($0)'" }.joined(separator: ", ")
    case .ambiguousVariant(let label, let run, let count):
      "run '\(run)' has \(count) variants '\(label)'; nothing tells which one is meant"
    case .badMargin(let text):
      "margin '\(text)': expected a number in the score's units (0.3), a share of its mean (1%), a share of its "
        + "standard deviation between seeds (0.5sd) or mlperf"
    case .noSeedSpread(let run):
      "the margin is a share of the spread between seeds, and no prompt of run '\(run)' has scores of two seeds that "
        + "differ; sweep with --seeds 0,1, or give the margin in other units (1%)"
    }
  }
}
