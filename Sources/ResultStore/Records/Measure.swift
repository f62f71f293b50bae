public import Metrics

/// A metric by one scorer: a run that several CLIP checkpoints score has several CLIP scores.
public struct Measure: Hashable, Sendable {
  public let metric: Metric
  /// Its row in the store of the run that the measure belongs to.
  public let scorer: ScorerRecord
  /// In JSON, in CSV and on the command line: `clip_score`, and `clip_score@vit-large` by a further scorer.
  public let key: String
  /// What tells it from the metric by another scorer; nil where the run has no other.
  public let scorerName: String?

  private init(_ metric: Metric, by scorer: ScorerRecord, name: String?, isFirst: Bool) {
    self.metric = metric
    self.scorer = scorer
    scorerName = name
    key = name.map { isFirst ? metric.key : "\(metric.key)@\($0)" } ?? metric.key
  }

  /// As in `CLIP score`, `CLIP score (vit-large)`.
  public var title: String { metric.title + suffix }
  /// Short enough for a column or a caption.
  public var shortTitle: String { metric.shortTitle + suffix }

  private var suffix: String { scorerName.map { " (\($0))" } ?? "" }

  /// The metrics in the order of tables, each by all that compute it, in their order.
  public static func all(by scorers: [ScorerRecord]) -> [Measure] {
    Metric.allCases.flatMap { metric in
      let own = scorers.filter { $0.kind == metric.scorer }
      return own.enumerated().map { index, scorer in
        let hasTwin = own.contains { $0.name == scorer.name && $0.id != scorer.id }
        let name = hasTwin ? "\(scorer.name)-\(scorer.fingerprint.prefix(8))" : scorer.name
        return Measure(metric, by: scorer, name: own.count > 1 ? name : nil, isFirst: index == 0)
      }
    }
  }
}
