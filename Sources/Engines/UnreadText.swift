/// The end of a text that is longer than a model reads: it has no effect.
public struct UnreadText: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Sendable {
    case prompt
    case negativePrompt = "negative prompt"
  }

  public let kind: Kind
  /// Those that have no effect.
  public let words: String

  public init(_ kind: Kind, words: String) {
    self.kind = kind
    self.words = words
  }

  public var description: String {
    let shown = words.count > 100 ? words.prefix(99) + "…" : words
    return "the \(kind.rawValue) is longer than the model reads; without effect is its end: '\(shown)'"
  }
}
