import GRDB

/// A record whose rows are checked before they are believed.
protocol CheckedRecord: FetchableRecord, TableRecord {
  /// Of the columns that it has.
  static var rules: [ColumnRule] { get }
  /// The columns that tell rows apart.
  static var key: [String] { get }
}

extension CheckedRecord {
  static var key: [String] { ["id"] }

  /// - Throws: ``DamagedRow`` that names the first value that cannot be, or the database's errors.
  static func fetchChecked(_ db: Database, _ request: some FetchRequest) throws -> [Self] {
    try Row.fetchChecked(db, request, of: databaseTableName, key: key, rules).map { row in
      do {
        return try Self(row: row)
      } catch {
        throw DamagedRow(row, of: databaseTableName, key: key, reason: "it cannot be read")
      }
    }
  }

  static func fetchChecked(
    _ db: Database, sql: String, arguments: StatementArguments = StatementArguments()
  ) throws -> [Self] {
    try fetchChecked(db, SQLRequest<Row>(sql: sql, arguments: arguments))
  }
}

extension Row {
  /// Rows of a table, each once, that follow its rules.
  static func fetchChecked(
    _ db: Database, _ request: some FetchRequest, of table: String, key: [String], _ rules: [ColumnRule]
  ) throws -> [Row] {
    var seen: Set<[DatabaseValue]> = []
    let rows = try fetchAll(db, request)
    for row in rows {
      for rule in rules { try rule.check(row, of: table, key: key) }
      guard seen.insert(key.map(row.value)).inserted else {
        throw DamagedRow(row, of: table, key: key, reason: "it is there twice")
      }
    }
    return rows
  }

  /// As it is in the column; NULL where there is none.
  func value(_ column: String) -> DatabaseValue { (self[column] as DatabaseValue?) ?? .null }
}
