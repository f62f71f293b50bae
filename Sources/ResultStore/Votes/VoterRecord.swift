import GRDB

/// Who voted: a browser, as far as anyone knows.
public struct VoterRecord: StoredRecord, Hashable {
  public static let databaseTableName = "voter"

  @RowID public var id: Int64
  /// Drawn at random by the page, 16 hexadecimal digits; the same in every store.
  public var key: String
  /// Where a file of votes has one.
  public var name: String?

  public init(key: String, name: String? = nil) {
    id = 0
    self.key = key
    self.name = name
  }

  /// As people read it: the name, or the beginning of the key.
  public var label: String { name ?? String(key.prefix(8)) }
}

extension VoterRecord: CheckedRecord {
  static var rules: [ColumnRule] { [.integer("id"), .text("key"), .text("name").orNull] }
}
