public import GRDB

/// When something was said, as pages write it: in UTC, by ISO 8601, to the millisecond, as in
/// `2026-03-01T09:12:44.120Z`. The text itself, not a number of seconds: it tells votes apart, and comes back to the
/// letter however often it is stored. Texts sort as their times do.
public struct VoteTime: RawRepresentable, Codable, Sendable, Hashable, Comparable, DatabaseValueConvertible {
  public let rawValue: String

  /// Nil for what is no such time, and before 2000 or after 2199.
  public init?(rawValue: String) {
    let form = Array("dddd-dd-ddTdd:dd:dd.dddZ".utf8)
    let text = Array(rawValue.utf8)
    guard text.count == form.count else { return nil }
    let digit = UInt8(ascii: "d")
    for (byte, expected) in zip(text, form) {
      guard expected == digit ? (0x30...0x39).contains(byte) : byte == expected else { return nil }
    }
    func number(_ range: Range<Int>) -> Int { text[range].reduce(0) { $0 * 10 + Int($1 - 0x30) } }
    let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
    guard (2000...2199).contains(year), (1...12).contains(month), number(11..<13) < 24,
      number(14..<16) < 60, number(17..<19) < 60
    else { return nil }
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...days[month - 1]).contains(day) else { return nil }
    self.rawValue = rawValue
  }

  public static func < (a: VoteTime, b: VoteTime) -> Bool { a.rawValue < b.rawValue }
}
