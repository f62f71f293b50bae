/// Where a picture's noise starts from: what `torch.manual_seed` takes, 64 bits.
///
/// Everywhere it is written as a number from 0 to 2⁶⁴−1: on the command line, in file names, in a picture's metadata,
/// in JSON and in CSV, where some readers round numbers above 2⁵³. SQLite's integers have a sign: a store holds the
/// same 64 bits as such a one, so that 2⁶⁴−1 is −1 there, and seeds below 2⁶³ are what they always were.
///
/// torch takes negative numbers, too, for those of the same bits, see ``init(likeTorch:)``.
public struct Seed: Hashable, Sendable, CustomStringConvertible {
  public let value: UInt64

  public init(_ value: UInt64) { self.value = value }

  /// Of the same 64 bits, as torch reads a negative number.
  public init(likeTorch number: Int64) { value = UInt64(bitPattern: number) }

  /// Reads what ``description`` writes.
  public init?(_ text: some StringProtocol) {
    guard let value = UInt64(text) else { return nil }
    self.value = value
  }

  public var description: String { "\(value)" }
}

extension Seed: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: UInt64) { self.init(value) }
}

extension Seed: Codable {
  /// - Throws: `DecodingError`
  public init(from decoder: any Decoder) throws {
    value = try decoder.singleValueContainer().decode(UInt64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
