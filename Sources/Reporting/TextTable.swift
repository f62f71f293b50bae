/// Rows of cells under titles, as people and programs read them.
package struct TextTable: Sendable {
  package struct Column: Sendable {
    let title: String
    /// Aligned left; numbers are aligned right.
    let isText: Bool

    package init(title: String, isText: Bool = false) {
      self.title = title
      self.isText = isText
    }
  }

  let columns: [Column]
  let rows: [[String]]

  package init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }

  /// Columns of one width.
  /// - Parameter paint: what becomes of a padded cell, as colours on a terminal.
  package func aligned(paint: (_ text: String, _ row: Int, _ column: Int) -> String = { text, _, _ in text })
    -> String
  {
    let widths = columns.indices.map { column in
      max(columns[column].title.count, rows.map { $0[column].count }.max() ?? 0)
    }
    func line(_ cells: [String], row: Int?) -> String {
      let padded = columns.indices.map { column -> String in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        let text = columns[column].isText ? cells[column] + space : space + cells[column]
        return row.map { paint(text, $0, column) } ?? text
      }
      let joined = padded.joined(separator: "  ")
      return String(joined.reversed().drop { $0 == " " }.reversed())
    }
    return ([line(columns.map(\.title), row: nil)] + rows.enumerated().map { line($1, row: $0) })
      .joined(separator: "\n")
  }

  /// A table of GitHub's Markdown.
  package func markdown() -> String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
    let rule = "|" + columns.map { $0.isText ? "---|" : "--:|" }.joined()
    return ([line(columns.map(\.title)), rule] + rows.map(line)).joined(separator: "\n")
  }

  /// RFC 4180, with plain line feeds unless told otherwise.
  /// - Parameter hasFormulas: Whether texts may begin as formulas do, see ``CSVField/withoutFormula(_:)``.
  func csv(lineEnd: String = "\n", hasFormulas: Bool = true) -> String {
    func line(_ cells: [String]) -> String {
      zip(columns, cells).map { column, cell in
        CSVField.quoted(column.isText && !hasFormulas ? CSVField.withoutFormula(cell) : cell)
      }.joined(separator: ",")
    }
    return ([columns.map { CSVField.quoted($0.title) }.joined(separator: ",")] + rows.map(line))
      .joined(separator: lineEnd)
  }
}
