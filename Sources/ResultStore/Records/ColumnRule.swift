import Foundation
import GRDB

/// What the values of a column are. A store may come from anywhere: what the rest of the program relies on is checked
/// here, where rows are read, and nowhere else.
struct ColumnRule: Sendable {
  let column: String
  private let holds: @Sendable (DatabaseValue) -> Bool

  private init(_ column: String, _ holds: @escaping @Sendable (DatabaseValue) -> Bool) {
    self.column = column
    self.holds = holds
  }

  static func text(_ column: String, where isFine: @escaping @Sendable (String) -> Bool = { _ in true })
    -> Self
  {
    Self(column) { value in
      if case .string(let text) = value.storage { isFine(text) } else { false }
    }
  }

  /// One of an enumeration's raw values.
  static func word<Word: RawRepresentable<String> & Sendable>(
    _ column: String, of type: Word.Type
  ) -> Self {
    text(column) { Word(rawValue: $0) != nil }
  }

  static func integer(_ column: String, in range: ClosedRange<Int64> = .min ... .max) -> Self {
    Self(column) { value in
      if case .int64(let number) = value.storage { range.contains(number) } else { false }
    }
  }

  static func number(_ column: String, in range: ClosedRange<Double>) -> Self {
    Self(column) { value in
      switch value.storage {
      case .double(let number): range.contains(number)
      case .int64(let number): range.contains(Double(number))
      default: false
      }
    }
  }

  static func blob(
    _ column: String, where isFine: @escaping @Sendable (Data) -> Bool = { _ in true }
  ) -> Self {
    Self(column) { value in
      if case .blob(let data) = value.storage { isFine(data) } else { false }
    }
  }

  static func date(_ column: String) -> Self { Self(column) { Date.fromDatabaseValue($0) != nil } }

  /// A text that is a value's JSON.
  static func json<Value: Decodable & Sendable>(
    _ column: String, of type: Value.Type, where isFine: @escaping @Sendable (Value) -> Bool = { _ in true }
  ) -> Self {
    text(column) { text in
      (try? JSONDecoder().decode(type, from: Data(text.utf8))).map(isFine) == true
    }
  }

  /// The same, or NULL.
  var orNull: Self { Self(column) { [holds] in $0.isNull || holds($0) } }

  /// - Throws: ``DamagedRow``
  func check(_ row: Row, of table: String, key: [String]) throws(DamagedRow) {
    let value = row.value(column)
    guard holds(value) else { throw DamagedRow(row, of: table, key: key, column: column, value: value) }
  }
}

extension ColumnRule {
  /// Beyond this, sums of squares are no numbers any more; nothing that is measured comes near.
  static let largest = 1e9
  /// Of a picture's making: more than nothing, and no more than a lifetime.
  static let seconds = 1e-9...largest
  /// Of a picture, in pixels.
  static let sides: ClosedRange<Int64> = 1...32_768
}

/// A row that no store of this program has: which one, and what of it.
struct DamagedRow: Error, CustomStringConvertible {
  let description: String

  init(_ row: Row, of table: String, key: [String], column: String, value: DatabaseValue) {
    description = Self.place(row, table, key) + ", column \(column): \(Self.text(value))"
  }

  /// - Parameter reason: what is wrong with the row as a whole.
  init(_ row: Row, of table: String, key: [String], reason: String) {
    description = Self.place(row, table, key) + ": \(reason)"
  }

  /// - Parameter subject: as in `run demo`.
  init(_ subject: String, reason: String) { description = "\(subject): \(reason)" }

  /// As in `table sample, row 12` or `table score, row with sampleID 3, metric 'ssim'`.
  private static func place(_ row: Row, _ table: String, _ key: [String]) -> String {
    if key == ["id"] { return "table \(table), row \(text(row.value("id")))" }
    return "table \(table), row with " + key.map { "\($0) \(text(row.value($0)))" }.joined(separator: ", ")
  }

  private static func text(_ value: DatabaseValue) -> String {
    switch value.storage {
    case .null: "NULL"
    case .int64(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): text.count > 80 ? "'\(text.prefix(79))…'" : "'\(text)'"
    case .blob(let data): "\(data.count) bytes"
    }
  }
}
