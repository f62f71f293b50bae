import Digests

/// A part of a sweep's prompts, for one of several processes: all variants and seeds of a prompt are in one shard, so
/// that pictures are compared, and their times, with what the same machine made.
///
/// A prompt's shard follows from its text and from the number of shards alone, neither from its place in the set nor
/// from the other prompts.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
  /// From 1.
  public let number: Int
  public let count: Int

  /// As many shards as there may be.
  public static let counts = 1...100_000

  /// Nil where there is no such shard.
  public init?(_ number: Int, of count: Int) {
    guard Self.counts.contains(count), (1...count).contains(number) else { return nil }
    self.number = number
    self.count = count
  }

  /// As on the command line, `2/4`.
  public var description: String { "\(number)/\(count)" }

  /// Whether a prompt with this text belongs to the shard: the first 64 bits of the text's SHA-256, as a number, are
  /// `number − 1` modulo `count`.
  public func contains(_ text: String) -> Bool {
    let digits = SHA256.hex(of: Array(text.utf8)).prefix(16)
    guard let hash = UInt64(digits, radix: 16) else { preconditionFailure("a digest of other digits") }
    return hash % UInt64(count) == UInt64(number - 1)
  }
}
