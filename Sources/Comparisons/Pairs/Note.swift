/// What must be read with the numbers of a comparison: a line under its table.
public struct Note: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// How many pictures of two runs correspond.
    case matched
    /// Pictures that correspond to none.
    case unmatched
    /// What tells the pictures of two runs apart, beside merging.
    case differing
    /// Pairs that are not compared pixel by pixel.
    case unlike
    /// Two runs whose times are not compared, as their machines differ.
    case machines
    /// Scores by different weights, which are not compared.
    case scorers
    /// Pictures whose files are not what they were, or not there any more.
    case gone
    /// Prompts that count as one.
    case repeated
    /// What a row is less than it seems.
    case row
    /// What to do, or to do next.
    case advice
    /// What words and numbers mean, and how they are computed.
    case method
    case check, failedCheck
    /// What the model's folder says about itself.
    case model
    case gate
    /// What people say of the pictures.
    case people
  }

  public let kind: Kind
  public let text: String

  init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  public var description: String { text }

  /// Whether it belongs before the eyes of someone who reads no notes.
  public var isWarning: Bool { [.unmatched, .differing, .unlike, .failedCheck].contains(kind) }

  /// Beginning and ending as sentences do.
  package var sentence: String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}
