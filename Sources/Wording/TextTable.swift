/// Rows of cells under titles, as people and programs read them.
public struct TextTable: Sendable {
  public struct Column: Sendable {
    public let title: String
    /// Aligned left; numbers are aligned right.
    public let isText: Bool

    public init(title: String, isText: Bool = false) {
      self.title = title
      self.isText = isText
    }
  }

  public let columns: [Column]
  public let rows: [[String]]

  public init(columns: [Column], rows: [[String]]) {
    self.columns = columns
    self.rows = rows
  }

  /// Characters of its longest line as ``aligned(paint:)`` writes it.
  public var width: Int {
    columns.indices.map { column in
      max(visible(columns[column].title).count, rows.map { visible($0[column]).count }.max() ?? 0)
    }.reduce(2 * max(0, columns.count - 1), +)
  }

  /// Columns of one width, for terminals: control characters are shown, see ``visible(_:)``.
  /// - Parameter paint: what becomes of a padded cell, as colours on a terminal.
  public func aligned(paint: (_ text: String, _ row: Int, _ column: Int) -> String = { text, _, _ in text })
    -> String
  {
    let titles = columns.map { visible($0.title) }
    let cells = rows.map { $0.map(visible) }
    let widths = columns.indices.map { column in
      max(titles[column].count, cells.map { $0[column].count }.max() ?? 0)
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
    return ([line(titles, row: nil)] + cells.enumerated().map { line($1, row: $0) }).joined(separator: "\n")
  }

  /// A table of GitHub's Markdown.
  public func markdown() -> String {
    func line(_ cells: [String]) -> String {
      "| " + cells.map(MarkdownText.escaped).joined(separator: " | ") + " |"
    }
    let rule = "|" + columns.map { $0.isText ? "---|" : "--:|" }.joined()
    return ([line(columns.map(\.title)), rule] + rows.map(line)).joined(separator: "\n")
  }

  /// RFC 4180, with plain line feeds unless told otherwise.
  /// - Parameters:
  ///   - isSafe: Whether no text begins as formulas do, see ``CSVField/withoutFormula(_:)``.
  ///   - isPrinted: Whether it may reach a terminal: control characters are shown, see ``visible(_:)``. A file has texts
  ///     as they are.
  public func csv(lineEnd: String = "\n", isSafe: Bool = true, isPrinted: Bool = true) -> String {
    func field(_ cell: String, isText: Bool) -> String {
      let isNumber = !isText && Double(cell) != nil
      let text = isPrinted && isSafe ? visible(cell) : cell
      return CSVField.quoted(isNumber || !isSafe ? text : CSVField.withoutFormula(text))
    }
    func line(_ cells: [String]) -> String {
      zip(columns, cells).map { field($1, isText: $0.isText) }.joined(separator: ",")
    }
    return ([columns.map { field($0.title, isText: true) }.joined(separator: ",")] + rows.map(line))
      .joined(separator: lineEnd)
  }
}
