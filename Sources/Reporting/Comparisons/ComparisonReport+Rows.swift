import ResultStore
import Statistics

extension ComparisonReport {
  /// A line for every row of the whole and of every group, unrounded.
  func rowTable() -> TextTable {
    Self.rowTable(
      [("all", comparison)] + groups.map { ($0.name, $0.comparison) })
  }

  /// A line for every row of every part.
  static func rowTable(_ parts: [(name: String, comparison: Comparison)]) -> TextTable {
    TextTable(
      columns: columns.map { .init(title: $0.title, isText: $0.isText) },
      rows: parts.flatMap { part in
        part.comparison.allRows.map { row in columns.map { $0.text(part, row) } }
      })
  }

  private struct Column {
    let title: String
    var isText = false
    let text: ((name: String, comparison: Comparison), Comparison.Row) -> String

    init(
      _ title: String, isText: Bool = false,
      _ text: @escaping ((name: String, comparison: Comparison), Comparison.Row) -> String
    ) {
      (self.title, self.isText, self.text) = (title, isText, text)
    }

    static func number(_ title: String, _ value: @escaping (Comparison.Row) -> Double?) -> Column {
      Column(title) { _, row in value(row).map { "\($0)" } ?? "" }
    }

    static func count(_ title: String, _ value: @escaping (Comparison.Row) -> Int?) -> Column {
      Column(title) { _, row in value(row).map { "\($0)" } ?? "" }
    }
  }

  private static var columns: [Column] {
    let pictures = [
      Column("group", isText: true) { part, _ in part.name },
      Column("variant", isText: true) { _, row in row.variant.label },
      .number("ratio") { $0.variant.ratio }, .count("images") { $0.done }, .count("failed") { $0.failed },
      .count("pending") { $0.pending }, .count("identical") { $0.identical },
      Column("metric") { part, _ in part.comparison.metric.rawValue },
      Column("mean") { part, row in row.means[part.comparison.metric].map { "\($0)" } ?? "" },
    ]
    let difference: [Column] = [
      .number("delta") { $0.difference?.difference.value },
      .number("ci_low") { $0.difference?.difference.interval?.lower },
      .number("ci_high") { $0.difference?.difference.interval?.upper },
      .number("p_value") { $0.difference?.pValue },
      .number("p_value_holm") { $0.difference?.adjustedPValue },
      .number("p_value_equivalence") { $0.difference?.equivalencePValue },
      Column("verdict") { _, row in row.difference?.verdict.rawValue ?? "" },
      .count("prompts") { $0.difference?.promptCount }, .count("pairs") { $0.difference?.pairCount },
      .count("prompts_needed") { $0.difference?.promptsNeeded },
    ]
    let cost: [Column] = [
      .number("share_of_seed_change") { $0.seedShare?.value },
      .number("seconds_per_image") { $0.secondsPerImage }, .number("speedup") { $0.speedUp?.value },
      .number("speedup_ci_low") { $0.speedUp?.interval?.lower },
      .number("speedup_ci_high") { $0.speedUp?.interval?.upper },
    ]
    let means = ScoreMetric.allCases.map { metric in
      Column.number("mean_\(metric.rawValue)") { $0.means[metric] }
    }
    let more: [Column] = [
      .number("share_ci_low") { $0.seedShare?.interval?.lower },
      .number("share_ci_high") { $0.seedShare?.interval?.upper },
      .count("peak_memory_bytes") { $0.peakMemoryBytes },
      .number("effective_ratio") { $0.variant.effectiveRatio },
      Column("warnings", isText: true) { _, row in row.warnings.joined(separator: "; ") },
      Column("run", isText: true) { part, _ in part.comparison.run.name },
      Column("against", isText: true) { part, _ in part.comparison.pairing.kind.name },
    ]
    return pictures + difference + cost + means + more
  }
}

extension Pairing.Kind {
  /// What the variants are compared with, as JSON and CSV have it.
  var name: String {
    switch self {
    case .baseline: "baseline"
    case .variant(let label): label
    case .run(let name): "run \(name)"
    }
  }
}
