public import GRDB
public import Pictures

/// A column holds a seed's 64 bits as SQLite's signed integer.
extension Seed: DatabaseValueConvertible {
  public var databaseValue: DatabaseValue { Int64(bitPattern: value).databaseValue }

  public static func fromDatabaseValue(_ value: DatabaseValue) -> Seed? {
    Int64.fromDatabaseValue(value).map { Seed(likeTorch: $0) }
  }
}
