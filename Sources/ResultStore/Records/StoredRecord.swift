public import GRDB

/// A row with a number of its own, given by SQLite when it is inserted; a record that is not in a store yet has the
/// number 0.
public protocol StoredRecord: Codable, Sendable, Identifiable, FetchableRecord, MutablePersistableRecord {
  var id: Int64 { get set }
}

extension StoredRecord {
  public mutating func didInsert(_ inserted: InsertionSuccess) { id = inserted.rowID }
}

/// The number of a row: 0 is written as NULL, for which SQLite chooses one.
@propertyWrapper public struct RowID: Sendable, Hashable, Codable, DatabaseValueConvertible {
  public var wrappedValue: Int64

  public init(wrappedValue: Int64) { self.wrappedValue = wrappedValue }

  public init(from decoder: any Decoder) throws {
    wrappedValue = try decoder.singleValueContainer().decode(Int64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }

  public var databaseValue: DatabaseValue { wrappedValue == 0 ? .null : wrappedValue.databaseValue }

  public static func fromDatabaseValue(_ value: DatabaseValue) -> RowID? {
    Int64.fromDatabaseValue(value).map(RowID.init)
  }
}
