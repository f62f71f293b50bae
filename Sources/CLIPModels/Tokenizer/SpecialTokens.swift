import Checkpoints
import Foundation

/// A token that is matched in the text as a whole.
struct AddedToken {
  var content: String
  let id: Int
  /// Whether it is looked for in the lower-cased text rather than in the text as given.
  let normalized: Bool
}

/// Start, end, padding and unknown token of a tokenizer folder, and every token that
/// its files want matched as a whole, resolved as `transformers` does it.
struct SpecialTokens {
  let start: Int
  let end: Int
  let pad: Int
  let unknown: Int
  let modelMaxLength: Int
  let added: [AddedToken]

  init(_ files: any ModelFiles, vocabulary: TokenizerVocabulary) throws(CheckpointError) {
    let settings = try TokenizerSettings(files)
    var added = settings.added

    /// The id of a named token, which is also matched as a whole; where two names share
    /// one token, the last decides how.
    let listed = Set(added.map(\.content))
    func id(_ token: TokenContent) throws(CheckpointError) -> Int {
      if let known = added.first(where: { $0.content == token.content }), listed.contains(token.content) {
        return known.id
      }
      guard let id = vocabulary.ids[token.content] else {
        throw .badConfiguration(
          path: vocabulary.vocabularyFile, field: token.content,
          reason: "this special token is missing; is this the vocabulary that belongs to the "
            + "tokenizer_config.json beside it?")
      }
      added.removeAll { $0.content == token.content }
      added.append(AddedToken(content: token.content, id: id, normalized: token.normalized))
      return id
    }
    start = try id(settings.named["bos_token"] ?? TokenContent(content: "<|startoftext|>"))
    end = try id(settings.named["eos_token"] ?? TokenContent(content: "<|endoftext|>"))
    unknown = try id(settings.named["unk_token"] ?? TokenContent(content: "<|endoftext|>"))
    pad = try id(settings.named["pad_token"] ?? TokenContent(content: "<|endoftext|>"))
    self.added = added
    modelMaxLength = settings.modelMaxLength
  }
}
