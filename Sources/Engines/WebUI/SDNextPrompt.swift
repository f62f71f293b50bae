import Foundation
import Pictures

/// A prompt as SD.Next would read it, whose parser of attention is not all that reads it.
///
/// Source: vladmandic/sdnext, `modules/styles.py` at 06545ba (comments, choices and files of words, in this order) and
/// `modules/prompt_parser.py` at 0e99be5 (words that change with the steps; its Diffusers backend knows no AND).
struct SDNextPrompt {
  /// A part that would not be read as it was meant.
  struct Taken: Hashable {
    let part: String
    /// What SD.Next does, as after its name.
    let meaning: String
  }

  let taken: Taken?

  private static let everywhere: [(pattern: String, meaning: String)] = [
    (#"\{[^{}]*\}"#, "takes for words to choose from"),
    (#"(?s)__.*?__"#, "takes for the name of a file of words, where it has one"),
  ]
  private static let comment = [(pattern: #"(?s)/\*.*?\*/"#, meaning: "takes for a comment")]
  private static let schedules = [
    (
      pattern: #"(?s)\[.*?:\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\]"#,
      meaning: "takes for words that change with the steps, whatever its parser is"
    ),
    (
      pattern: #"(?s)\[[^\]]*\|.*?\]"#,
      meaning: "takes for words that change with the steps, whatever its parser is"
    ),
  ]
  private static let compositions = [
    (pattern: #"\bAND\b"#, meaning: "takes for a word, where the web UI composes pictures")
  ]
  /// Characters of a part that a message shows.
  private static let shown = 60

  init(_ text: String, _ kind: UnreadText.Kind, _ syntax: PromptSyntaxName) {
    let rules =
      (kind == .prompt ? Self.comment : []) + Self.everywhere
      + (syntax == .plain ? Self.schedules : Self.compositions)
    taken =
      rules.lazy.compactMap { rule in
        text.range(of: rule.pattern, options: .regularExpression).map { range in
          let part = text[range]
          return Taken(
            part: part.count > Self.shown ? part.prefix(Self.shown - 1) + "…" : String(part),
            meaning: rule.meaning)
        }
      }.first
  }
}
