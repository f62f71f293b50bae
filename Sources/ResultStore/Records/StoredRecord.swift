public import GRDB

/// A row with a number of its own, given when it is inserted; a record that is not
/// in a store yet has the number 0.
public protocol StoredRecord: Codable, Sendable, Identifiable, FetchableRecord, MutablePersistableRecord {
  var id: Int64 { get set }
}

extension StoredRecord {
  public mutating func willInsert(_ db: Database) throws {
    id = try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) + 1 FROM \(Self.databaseTableName)") ?? 1
  }
}
