import Metrics
public import ResultStore

extension RunContents {
  /// The measure that is called so: `ssim`, `clip_score` by the first scorer, `clip_score@vit-large` by the one of
  /// that name; nil where the run has none.
  public func measure(named name: String) -> Measure? {
    measures.first { $0.key == name }
      ?? measures.first { "\($0.metric.key)@\($0.scorerName ?? $0.scorer.name)" == name }
  }

  /// What files about several runs have columns for: every metric, and after it what further scorers some run has.
  package static func measureKeys(_ runs: [RunContents]) -> [String] {
    Metric.allCases.flatMap { metric in
      var seen: Set = [metric.key]
      let further = runs.flatMap(\.measures).filter { $0.metric == metric && seen.insert($0.key).inserted }
      return [metric.key] + further.map(\.key)
    }
  }
}
