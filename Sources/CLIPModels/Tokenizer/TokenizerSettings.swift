import Checkpoints

/// A token as the JSON files write it: its text, or an object that holds the text.
struct TokenContent {
  let content: String
  /// Whether it is looked for in the lower-cased text rather than in the text as given.
  var normalized = false
}

extension TokenContent {
  /// - Parameter fields: of the object
  init(_ fields: ConfigurationFields) throws(CheckpointError) {
    guard let content = try fields.text("content") else { throw fields.error("content", "is missing") }
    self.content = content
    normalized = try fields.flag("normalized") ?? false
    try fields.require(["single_word": [.bool(false)]])
    // Spaces around a token are no part of any word.
    try fields.requireAllKnown(withoutEffect: ["id", "lstrip", "rstrip", "special"])
  }

  /// - Parameter name: of the field that holds the token
  init?(_ name: String, of fields: ConfigurationFields) throws(CheckpointError) {
    if case .object? = fields.value(name), let object = try fields.object(name) {
      self = try TokenContent(object)
    } else if let content = try fields.text(name) {
      self.init(content: content)
    } else {
      return nil
    }
  }
}

/// What a `tokenizer_config.json` says, and where it is silent a `special_tokens_map.json` and a `tokenizer.json`.
struct TokenizerSettings {
  /// By the field that names them, as in `bos_token`.
  private(set) var named: [String: TokenContent] = [:]
  private(set) var added: [AddedToken] = []
  let modelMaxLength: Int

  private static let names = ["bos_token", "eos_token", "unk_token", "pad_token"]
  /// The length every CLIP was trained with.
  private static let usualLength = 77

  init(_ files: any ModelFiles) throws(CheckpointError) {
    let file = "tokenizer_config.json"
    let fields =
      files.has(file)
      ? try files.fields(of: file) : ConfigurationFields([:], file: files.path(of: file))
    try fields.require(Self.supportedValues)
    // transformers writes 10³⁰ for "not stated".
    let length = try fields.number("model_max_length", Quantity("tokens", 2...1e31)) ?? .infinity
    modelMaxLength = length < 1e6 ? Int(length) : Self.usualLength
    for name in Self.names { named[name] = try TokenContent(name, of: fields) }
    if let decoder = try fields.object("added_tokens_decoder") {
      added = try Self.added(decoder)
    } else {
      try fields.require(Self.supportedWithoutDecoder)
      if files.has("special_tokens_map.json") {
        let map = try files.fields(of: "special_tokens_map.json")
        for name in Self.names { named[name] = try TokenContent(name, of: map) ?? named[name] }
        try map.require(Self.supportedWithoutDecoder)
        try map.requireAllKnown(withoutEffect: [])
      }
      if files.has("tokenizer.json") { added = try TokenizerFile(files).addedTokens }
    }
    try fields.requireAllKnown(withoutEffect: Self.withoutEffect)
  }

  private static func added(_ decoder: ConfigurationFields) throws(CheckpointError) -> [AddedToken] {
    var added: [AddedToken] = []
    for key in decoder.names {
      guard let id = Int(key), Quantity.tokenID.contains(Double(id)) else {
        throw decoder.error(key, "is named by no token's id, which is \(Quantity.tokenID)")
      }
      guard let token = try TokenContent(key, of: decoder) else { continue }
      added.append(AddedToken(content: token.content, id: id, normalized: token.normalized))
    }
    return added
  }

  /// Fields that would give other tokens.
  private static let supportedValues: [String: [JSONValue]] = [
    "add_bos_token": [.null, .bool(true)],
    "add_eos_token": [.null, .bool(true)],
    "add_prefix_space": [.null, .bool(false)],
    "padding_side": [.null, .string("right")],
    "split_special_tokens": [.null, .bool(false)],
    "tokenizer_class": [.null, .string("CLIPTokenizer"), .string("CLIPTokenizerFast")],
    "truncation_side": [.null, .string("right")],
  ]

  /// More tokens to match as a whole, which have no ids but those of `added_tokens_decoder`.
  private static let supportedWithoutDecoder: [String: [JSONValue]] = [
    "additional_special_tokens": [.null, .array([])],
    "extra_special_tokens": [.null, .array([]), .object([:])],
  ]

  /// They act where ids become text again, or say how the tokenizer is saved; `do_lower_case` is always done.
  private static let withoutEffect: Set = [
    "additional_special_tokens", "backend", "chat_template", "clean_up_tokenization_spaces", "device_map",
    "do_lower_case", "errors", "extra_special_tokens", "is_local", "local_files_only", "max_length",
    "model_input_names",
    "name_or_path", "processor_class", "special_tokens_map_file", "tokenizer_file", "use_fast",
  ]
}
