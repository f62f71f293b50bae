import Metrics
import ResultStore
package import Wording

/// The comparison as columns for people.
extension Comparison {
  /// - Parameters:
  ///   - hasColors: Whether verdicts are coloured.
  ///   - width: See ``ComparisonReport/text(_:hasColors:width:)``.
  public func table(hasColors: Bool, width: Int? = nil) -> String {
    ComparisonReport(self).text(.table, hasColors: hasColors, width: width)
  }

  /// The columns that some row says something in.
  private var shownColumns: [RowColumn] {
    columns.filter { column in
      column.title != nil
        && (!column.isOptional || rows.contains { !column.figure($0, .hyphen).line.isEmpty })
    }
  }

  /// The rows, for people.
  func textTable() -> TextTable { textTable(shownColumns) }

  private func textTable(_ columns: [RowColumn]) -> TextTable {
    TextTable(
      columns: columns.map { .init(title: $0.title ?? "", isText: $0.isText) },
      rows: allRows.map { row in columns.map { $0.figure(row, .hyphen).line } })
  }

  /// The rows in lines of `width`: without the columns that can be spared, the first first and of equals the last
  /// first, which are named below; where that is not enough, a block of lines for each row.
  /// - Parameter paint: See `TextTable.aligned(paint:)`; told the title of the column.
  func fitted(
    width: Int?, paint: (_ text: String, _ row: Int, _ title: String) -> String
  ) -> String {
    var columns = shownColumns
    var spared: [String] = []
    func isTooWide() -> Bool { width.map { textTable(columns).width > $0 } ?? false }
    while isTooWide(), let least = columns.compactMap(\.spare).min(),
      let index = columns.lastIndex(where: { $0.spare == least })
    {
      spared.insert(columns.remove(at: index).title ?? "", at: 0)
    }
    if isTooWide() {
      return allRows.indices.map { row in stacked(allRows[row]) { paint($0, row, $1) } }
        .joined(separator: "\n\n")
    }
    let table = textTable(columns)
    let text = table.aligned { paint($0, $1, table.columns[$2].title) }
    let note = "no room here for \(spared.joined(separator: ", ")): see --format csv"
    return spared.isEmpty ? text : text + "\n" + wrapped(note, width: width)
  }

  /// A row's columns one below the other.
  private func stacked(_ row: Row, paint: (_ text: String, _ title: String) -> String) -> String {
    let fields = shownColumns.map { ($0.title ?? "", visible($0.figure(row, .hyphen).line)) }
      .filter { !$0.1.isEmpty }
    let width = fields.map(\.0.count).max() ?? 0
    return fields.map { title, text in
      visible(title) + String(repeating: " ", count: width - title.count + 2) + paint(text, title)
    }.joined(separator: "\n")
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
