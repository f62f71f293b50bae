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

  /// What decides how the tokenizer works, without what it knows.
  private struct Settings: Decodable {
    let whole: [String: JSONValue]
    let model: [String: JSONValue]

    private struct Field: CodingKey {
      let stringValue: String
      let intValue: Int? = nil
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Field.self)
      whole = try Self.values(of: fields, except: ["added_tokens", "model"])
      let model = try fields.nestedContainer(keyedBy: Field.self, forKey: Field(stringValue: "model"))
      self.model = try Self.values(of: model, except: ["merges", "vocab"])
    }

    private static func values(
      of fields: KeyedDecodingContainer<Field>, except large: Set<String>
    ) throws -> [String: JSONValue] {
      var values: [String: JSONValue] = [:]
      for field in fields.allKeys where !large.contains(field.stringValue) {
        values[field.stringValue] = try fields.decode(JSONValue.self, forKey: field)
      }
      return values
    }

    /// `CLIPTokenizer` sets its own in their place.
    private static let replaced: Set = [
      "decoder", "normalizer", "post_processor", "pre_tokenizer", "version",
    ]

    /// - Parameter file: for messages
    func requireSupported(_ file: String) throws(CheckpointError) {
      let fields = ConfigurationFields(whole, file: file)
      // Of these, `CLIPTokenizer` takes the sides over.
      for name in ["padding", "truncation"] {
        try fields.object(name)?.require(["direction": [.string("Right")]])
      }
      try fields.requireAllKnown(withoutEffect: Self.replaced)
      let model = ConfigurationFields(model, file: file, place: "model.")
      for (field, supported) in [
        ("byte_fallback", [.null, .bool(false)]), ("continuing_subword_prefix", [.null, .string("")]),
        ("dropout", [.null, .number(0)]), ("end_of_word_suffix", [.string(TokenizerVocabulary.endOfWord)]),
        ("ignore_merges", [.null, .bool(false)]), ("type", [.null, .string("BPE")]),
      ] as [(String, [JSONValue])] {
        let value = model.value(field) ?? .null
        guard !supported.contains(value) else { continue }
        throw model.error(
          field,
          "is \(value), a CLIP tokenizer has \(supported[supported.count - 1]); "
            + "this is the tokenizer of another model")
      }
      // Both are set anew as well.
      try model.requireAllKnown(withoutEffect: ["fuse_unk", "unk_token"])
    }
  }

  /// - Throws: ``CheckpointError`` naming the field at fault.
  init(_ files: any ModelFiles) throws(CheckpointError) {
    let name = "tokenizer.json"
    try files.decode(Settings.self, from: name).requireSupported(files.path(of: name))
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
