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
    var config = TokenizerConfiguration()
    if files.has("tokenizer_config.json") {
      config = try files.decode(TokenizerConfiguration.self, from: "tokenizer_config.json")
    }
    var added: [AddedToken] = []
    if let decoder = config.added_tokens_decoder {
      for (key, token) in decoder {
        guard let id = Int(key) else {
          throw .badConfiguration(
            path: files.path(of: "tokenizer_config.json"),
            field: "added_tokens_decoder.\(key)", reason: "is not named by a token id")
        }
        added.append(AddedToken(content: token.content, id: id, normalized: token.normalized))
      }
    } else {
      if files.has("special_tokens_map.json") {
        let map = try files.decode(NamedTokens.self, from: "special_tokens_map.json")
        config.tokens.override(with: map)
      }
      if files.has("tokenizer.json") {
        added = try files.decode(AddedTokenList.self, from: "tokenizer.json").added_tokens ?? []
      }
    }

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
    let tokens = config.tokens
    start = try id(tokens.bos_token ?? TokenContent(content: "<|startoftext|>"))
    end = try id(tokens.eos_token ?? TokenContent(content: "<|endoftext|>"))
    unknown = try id(tokens.unk_token ?? TokenContent(content: "<|endoftext|>"))
    pad = try id(tokens.pad_token ?? TokenContent(content: "<|endoftext|>"))
    self.added = added

    // Absent, or transformers' 10³⁰ for "not stated": the length every CLIP was trained with.
    let length = config.model_max_length ?? .infinity
    guard length >= 2 else {
      throw .badConfiguration(
        path: files.path(of: "tokenizer_config.json"),
        field: "model_max_length", reason: "is \(length), start and end token alone need 2")
    }
    modelMaxLength = length < 1e6 ? Int(length) : 77
  }
}

/// A token as the JSON files write it: its text, or an object that holds the text.
private struct TokenContent: Decodable {
  let content: String
  var normalized = false

  private enum CodingKeys: String, CodingKey { case content, normalized }

  init(content: String) { self.content = content }

  init(from decoder: any Decoder) throws {
    if let content = try? decoder.singleValueContainer().decode(String.self) {
      self.content = content
    } else {
      let object = try decoder.container(keyedBy: CodingKeys.self)
      content = try object.decode(String.self, forKey: .content)
      normalized = try object.decodeIfPresent(Bool.self, forKey: .normalized) ?? false
    }
  }
}

private struct NamedTokens: Decodable {
  var bos_token, eos_token, unk_token, pad_token: TokenContent?

  mutating func override(with other: NamedTokens) {
    bos_token = other.bos_token ?? bos_token
    eos_token = other.eos_token ?? eos_token
    unk_token = other.unk_token ?? unk_token
    pad_token = other.pad_token ?? pad_token
  }
}

/// What is read of a `tokenizer_config.json`.
private struct TokenizerConfiguration: Decodable {
  var tokens = NamedTokens()
  var added_tokens_decoder: [String: TokenContent]?
  var model_max_length: Double?

  private enum CodingKeys: String, CodingKey { case added_tokens_decoder, model_max_length }

  init() {}

  init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    tokens = try NamedTokens(from: decoder)
    added_tokens_decoder = try object.decodeIfPresent(
      [String: TokenContent].self, forKey: .added_tokens_decoder)
    model_max_length = try object.decodeIfPresent(Double.self, forKey: .model_max_length)
  }
}

private struct AddedTokenList: Decodable {
  let added_tokens: [AddedToken]?
}

extension AddedToken: Decodable {
  private enum CodingKeys: String, CodingKey { case id, content, normalized }

  init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    id = try object.decode(Int.self, forKey: .id)
    content = try object.decode(String.self, forKey: .content)
    normalized = try object.decodeIfPresent(Bool.self, forKey: .normalized) ?? false
  }
}
