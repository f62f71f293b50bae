import Checkpoints

/// What is read of a `tokenizer.json`, the form in which the `tokenizers` library keeps everything in one file.
struct TokenizerFile {
  struct Model: Decodable {
    let vocab: [String: Double]
    let merges: [MergePair]
  }

  let addedTokens: [AddedToken]
  let model: Model

  private struct Whole: Decodable {
    let added_tokens: [[String: JSONValue]]?
    let model: Model
  }

  /// What decides how the model works, without what it knows.
  private struct Settings: Decodable {
    struct Model: Decodable {
      let type: JSONValue?
      let dropout: JSONValue?
      let continuing_subword_prefix: JSONValue?
      let end_of_word_suffix: JSONValue?
      let byte_fallback: JSONValue?
      let ignore_merges: JSONValue?
    }
    let model: Model
  }

  /// - Throws: ``CheckpointError`` naming the field at fault.
  init(_ files: any ModelFiles) throws(CheckpointError) {
    let (name, place) = ("tokenizer.json", "model.")
    let settings = try files.decode(Settings.self, from: name).model
    for (field, value, supported) in [
      ("type", settings.type, [.null, .string("BPE")]), ("dropout", settings.dropout, [.null, .number(0)]),
      ("continuing_subword_prefix", settings.continuing_subword_prefix, [.null, .string("")]),
      ("end_of_word_suffix", settings.end_of_word_suffix, [.string(TokenizerVocabulary.endOfWord)]),
      ("byte_fallback", settings.byte_fallback, [.null, .bool(false)]),
      ("ignore_merges", settings.ignore_merges, [.null, .bool(false)]),
    ] as [(String, JSONValue?, [JSONValue])] {
      guard !supported.contains(value ?? .null) else { continue }
      throw .badConfiguration(
        path: files.path(of: name), field: place + field,
        reason: "is \(value ?? .null), a CLIP tokenizer has \(supported[supported.count - 1]); "
          + "this is the tokenizer of another model")
    }
    let whole = try files.decode(Whole.self, from: name)
    model = whole.model
    var added: [AddedToken] = []
    for values in whole.added_tokens ?? [] {
      let fields = ConfigurationFields(values, file: files.path(of: name), place: "added_tokens.")
      let token = try TokenContent(fields)
      guard let id = try fields.whole("id", .tokenID) else { throw fields.error("id", "is missing") }
      added.append(AddedToken(content: token.content, id: id, normalized: token.normalized))
    }
    addedTokens = added
  }
}
