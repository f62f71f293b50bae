/// What brackets, colons and capital words in a prompt mean.
public enum PromptSyntax: String, Sendable, CaseIterable, Codable {
  /// Nothing: they are texts like all others, as in diffusers. What is beyond the text encoder's length is dropped.
  case plain
  /// What they mean to AUTOMATIC1111's web UI: `(word:1.2)`, `[word]` and `BREAK` weigh and part texts, which may have
  /// any length.
  case webui
}
