import Foundation
import GRDB

/// A change of a row, as a few bytes state it.
struct StoreEdit {
  /// A column of a table.
  struct Place {
    let table: String
    let column: String
    /// Of the table.
    let rows: Int
  }

  private enum Change {
    case value(DatabaseValue)
    /// UTF-8 or not.
    case text([UInt8])
    /// Other bytes in place of some of those that are there.
    case splice(start: Int, removed: Int, [UInt8])
    case delete
    case duplicate
  }

  let place: Place
  private let row: Int
  private let change: Change

  /// More say nothing new.
  private static let most = 8

  static func all(in bytes: UnsafeRawBufferPointer, columns: [Place]) -> [StoreEdit] {
    var source = ByteSource(bytes)
    var edits: [StoreEdit] = []
    while edits.count < most, let edit = StoreEdit(&source, columns) { edits.append(edit) }
    return edits
  }

  /// Three bytes for column, row and kind, then what the kind needs; nil at the end of the bytes.
  private init?(_ source: inout ByteSource, _ columns: [Place]) {
    guard let column = source.byte(), let row = source.byte(), let kind = source.byte() else { return nil }
    place = columns[Int(column) % columns.count]
    self.row = Int(row) % max(place.rows, 1) + 1
    switch kind % 10 {
    case 0: change = .value(.null)
    case 1: change = .value(Int64(bitPattern: source.word()).databaseValue)
    case 2: change = .value(Double(bitPattern: source.word()).databaseValue)
    case 3: change = .text(source.bytes())
    case 4: change = .value(Data(source.bytes()).databaseValue)
    case 5: change = .value(Int64(Int8(bitPattern: source.byte() ?? 0)).databaseValue)
    case 6: change = .delete
    case 7: change = .duplicate
    default:
      change = .splice(
        start: Int(source.byte() ?? 0), removed: Int(source.byte() ?? 0), source.bytes())
    }
  }

  func apply(to db: Database) throws {
    let (table, column) = (place.table, place.column)
    switch change {
    case .value(let value):
      try db.execute(
        sql: "UPDATE main.\(table) SET \(column) = ? WHERE rowid = ?", arguments: [value, row])
    case .text(let bytes):
      try db.execute(
        sql: "UPDATE main.\(table) SET \(column) = CAST(? AS TEXT) WHERE rowid = ?",
        arguments: [Data(bytes), row])
    case .splice(let start, let removed, let bytes):
      let value = try String.fetchOne(
        db, sql: "SELECT CAST(\(column) AS TEXT) FROM main.\(table) WHERE rowid = ?",
        arguments: [row])
      var text = Array((value ?? "").utf8)
      let first = min(start, text.count)
      text.replaceSubrange(first..<min(first + removed, text.count), with: bytes)
      try StoreEdit(place: place, row: row, change: .text(text)).apply(to: db)
    case .delete:
      try db.execute(sql: "DELETE FROM main.\(table) WHERE rowid = ?", arguments: [row])
    case .duplicate:
      try db.execute(
        sql: "INSERT INTO main.\(table) SELECT * FROM main.\(table) WHERE rowid = ?", arguments: [row])
    }
  }

  private init(place: Place, row: Int, change: Change) {
    (self.place, self.row, self.change) = (place, row, change)
  }
}

/// Bytes that are taken one after the other.
private struct ByteSource {
  private var rest: Slice<UnsafeRawBufferPointer>

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes[...] }

  mutating func byte() -> UInt8? { rest.popFirst() }

  /// Eight bytes, zeros after the end.
  mutating func word() -> UInt64 {
    var word: UInt64 = 0
    for place in 0..<8 { word |= UInt64(byte() ?? 0) << (8 * place) }
    return word
  }

  /// As many as the next byte says, or as there are.
  mutating func bytes() -> [UInt8] {
    let count = min(Int(byte() ?? 0), rest.count)
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }
}
