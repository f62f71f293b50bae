package import Checkpoints
import Foundation

/// Turns a prompt into the token ids that CLIP's text encoder reads: byte-level
/// byte-pair encoding of the lower-cased text.
///
/// Gives the ids of `transformers.CLIPTokenizer` (version 5, whose own backend is
/// the `tokenizers` library). Vocabulary, special tokens and length come from the
/// folder: Stable Diffusion 1.x pads with `<|endoftext|>`, 2.x with `!`.
package struct CLIPTokenizer: Sendable {
  /// Length of what ``encode(_:)`` returns, start and end token included.
  package let modelMaxLength: Int
  package let startToken: Int
  package let endToken: Int
  package let padToken: Int
  /// Number of ids the vocabulary and the added tokens span, without ``words``.
  package let vocabularySize: Int
  /// What was added, in the order of its ids, which begin after the vocabulary's.
  package let words: [TextualInversion]

  private let encoder: BytePairEncoder
  private let rawTokens: AddedTokenMatcher
  private let normalizedTokens: AddedTokenMatcher

  /// Reads `vocab.json` and `merges.txt`, or `tokenizer.json` where a folder has only
  /// that, and the special tokens of `tokenizer_config.json` and
  /// `special_tokens_map.json`.
  /// - Parameter words: whose vectors are added to the text encoder's
  /// - Throws: ``CheckpointError`` naming the file that is missing or malformed, or a word that is there already.
  package init(_ files: any ModelFiles, words: [TextualInversion] = []) throws(CheckpointError) {
    let vocabulary = try TokenizerVocabulary(files)
    let special = try SpecialTokens(files, vocabulary: vocabulary)
    modelMaxLength = special.modelMaxLength
    startToken = special.start
    endToken = special.end
    padToken = special.pad
    let size = max(vocabulary.ids.values.max() ?? 0, special.added.map(\.id).max() ?? 0) + 1
    vocabularySize = size
    self.words = words
    let known = Set(special.added.map(\.content))
    let tokens = try words.tokens(from: size) { known.contains($0) || vocabulary.ids[$0] != nil }
    if let long = words.first(where: { $0.count > special.modelMaxLength - 2 }) {
      throw long.error(
        "has \(long.count) vectors, a text of this model has room for \(special.modelMaxLength - 2)")
    }
    encoder = try BytePairEncoder(vocabulary, unknown: special.unknown)
    rawTokens = AddedTokenMatcher(special.added.filter { !$0.normalized }.map { ($0.content, [$0.id]) })
    let normalized = special.added.filter(\.normalized).map { (content: $0.content, ids: [$0.id]) } + tokens
    normalizedTokens = AddedTokenMatcher(
      normalized.map { token in
        let scalars = normalizedScalars(token.content.unicodeScalars[...])
        return (String(String.UnicodeScalarView(scalars)), token.ids)
      })
  }

  /// The ids of `text` between start and end token, padded to ``modelMaxLength``;
  /// a longer text loses its tail, never its end token.
  package func encode(_ text: String) -> [Int] {
    let body = tokens(in: text).prefix(modelMaxLength - 2)
    let padding = Array(repeating: padToken, count: modelMaxLength - 2 - body.count)
    return [startToken] + body + [endToken] + padding
  }

  /// Number of tokens at the end of `text` that ``encode(_:)`` drops; 0 when all fit.
  package func overflow(_ text: String) -> Int {
    max(0, tokens(in: text).count - (modelMaxLength - 2))
  }

  /// Whether ``encode(_:)`` drops the end of `text`.
  package func isTruncated(_ text: String) -> Bool { overflow(text) > 0 }

  /// The ids of `text` alone: no start, end or padding, any number of them.
  package func tokens(in text: String) -> [Int] { tokenGroups(in: text).flatMap(\.self) }

  /// The same, each by itself but for the vectors of a word of ``words``, which stand together.
  package func tokenGroups(in text: String) -> [[Int]] {
    rawTokens.split(Array(text.unicodeScalars)[...]).flatMap { part in
      switch part {
      case .token(let ids): [ids]
      case .text(let scalars):
        normalizedTokens.split(normalizedScalars(scalars)[...]).flatMap { part in
          switch part {
          case .token(let ids): [ids]
          case .text(let scalars):
            CLIPModels.words(in: scalars).flatMap { encoder.tokens(ofWord: $0) }.map { [$0] }
          }
        }
      }
    }
  }
}

/// Canonical composition, then lower case scalar by scalar (no final-sigma rule),
/// as the `tokenizers` library does. Whitespace is left alone: it only separates words.
private func normalizedScalars(_ scalars: some Collection<Unicode.Scalar>) -> [Unicode.Scalar] {
  var text = String.UnicodeScalarView()
  text.append(contentsOf: scalars)
  return String(text).precomposedStringWithCanonicalMapping.unicodeScalars.flatMap {
    $0.properties.lowercaseMapping.unicodeScalars
  }
}
