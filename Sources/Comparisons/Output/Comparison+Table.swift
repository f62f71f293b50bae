import Metrics
import ResultStore
import Statistics
package import Wording

/// The comparison as columns for people.
extension Comparison {
  /// - Parameter hasColors: Whether verdicts are coloured.
  public func table(hasColors: Bool) -> String {
    ComparisonReport(self).text(.table, hasColors: hasColors)
  }

  /// The rows, for people; columns where no row says anything are left out.
  func textTable() -> TextTable {
    let columns = self.columns.filter { column in
      column.title != nil
        && (!column.isOptional || rows.contains { !column.figure($0, .hyphen).line.isEmpty })
    }
    return TextTable(
      columns: columns.map { .init(title: $0.title ?? "", isText: $0.isText) },
      rows: allRows.map { row in columns.map { $0.figure(row, .hyphen).line } })
  }
}

extension ComparisonReport {
  /// A line for every row of the whole and of every group, unrounded.
  func rowTable() -> TextTable {
    Self.rowTable([("all", comparison)] + groups.map { ($0.name, $0.comparison) })
  }

  /// A line for every row of every part, with a column for every metric, whether a part has it or not.
  package static func rowTable(_ parts: [(name: String, comparison: Comparison)]) -> TextTable {
    let parts = parts.map { ($0.name, $0.comparison, values: $0.comparison.columns.flatMap(\.values)) }
    var seen: Set<String> = []
    let values = parts.flatMap(\.values).filter { seen.insert($0.key).inserted }
    let absent = Metric.allCases.map { "mean_\($0.key)" }.filter { !seen.contains($0) }
    let columns: [TextTable.Column] =
      [.init(title: "group", isText: true)] + values.map { .init(title: $0.key, isText: $0.isText) }
      + absent.map { .init(title: $0) }
      + ["metric", "run", "against"].map { .init(title: $0, isText: true) }
    let rows = parts.flatMap { name, comparison, ownValues in
      let own = Dictionary(ownValues.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
      let context = [
        comparison.measure?.key ?? comparison.metric.key, comparison.run.name, comparison.pairing.kind.name,
      ]
      return comparison.allRows.map { row in
        [name] + values.map { own[$0.key]?.scalar(row)?.field ?? "" } + absent.map { _ in "" } + context
      }
    }
    return TextTable(columns: columns, rows: rows)
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

extension Verdict {
  var terminalColor: String {
    switch self {
    case .equivalent: "\u{1B}[32m"
    case .worse: "\u{1B}[31m"
    case .better: "\u{1B}[36m"
    case .inconclusive: "\u{1B}[33m"
    }
  }
}
