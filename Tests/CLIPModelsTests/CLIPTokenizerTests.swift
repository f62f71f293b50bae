import CLIPModels
import Checkpoints
import Foundation
import ReferenceFixtures
import Testing

/// The tokenizer folders of the tests.
enum TokenizerFolder {
  /// The vocabulary of OpenAI CLIP, without any settings.
  static let openAI = Fixture.root.appendingPathComponent("CLIP/openai-tokenizer")
  static let demo = demoCheckpoint.appendingPathComponent("tokenizer")
  static let byName = ["openai": openAI, "demo": demo]

  /// The OpenAI vocabulary with other files beside it.
  static func openAI(with files: [String: String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["vocab.json", "merges.txt"] {
      try FileManager.default.createSymbolicLink(
        at: folder.url.appendingPathComponent(name), withDestinationURL: openAI.appendingPathComponent(name))
    }
    for (name, text) in files {
      try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
    }
    return folder
  }
}

@Suite struct `Tokens equal those of transformers` {
  private struct Case: Decodable {
    let text: String
    let ids: [Int]
  }

  private struct Variant: Decodable {
    let name: String
    let files: [String: String]
    let cases: [Case]
  }

  @Test(arguments: ["openai", "demo"])
  func `hard texts and the bundled prompts`(_ name: String) throws {
    let cases = try Fixture("CLIP", "tokenizer").settings([String: [Case]].self)[name] ?? []
    #expect(cases.count > 120)
    let tokenizer = try CLIPTokenizer(ModelDirectory(try #require(TokenizerFolder.byName[name])))
    for (text, ids) in cases.map({ ($0.text, $0.ids) }) {
      #expect(tokenizer.tokens(in: text) == ids, "\(text.debugDescription)")
      #expect(tokenizer.overflow(text) == max(0, ids.count - 75))
      #expect(tokenizer.isTruncated(text) == (ids.count > 75))
      let encoded = tokenizer.encode(text)
      #expect(encoded.count == 77)
      #expect(encoded.first == tokenizer.startToken)
      #expect(encoded.dropFirst().prefix(min(75, ids.count)) == ids.prefix(75))
      #expect(encoded[min(ids.count, 75) + 1] == tokenizer.endToken)
      #expect(encoded.dropFirst(min(ids.count, 75) + 2).allSatisfy { $0 == tokenizer.padToken })
    }
  }

  @Test func `special tokens and length come from the folder`() throws {
    struct Settings: Decodable { let variants: [Variant] }
    let variants = try Fixture("CLIP", "tokenizer-folders").settings(Settings.self).variants
    #expect(variants.count == 6)
    for variant in variants {
      let folder = try TokenizerFolder.openAI(with: variant.files)
      let tokenizer = try CLIPTokenizer(ModelDirectory(folder.url))
      for (text, ids) in variant.cases.map({ ($0.text, $0.ids) }) {
        #expect(tokenizer.encode(text) == ids, "\(variant.name): \(text.debugDescription)")
      }
    }
  }

  static let published = ProcessInfo.processInfo.environment["PARTI_PROMPTS"]

  @Test(
    .enabled(if: published != nil, "set PARTI_PROMPTS to the published PartiPrompts.tsv"),
    arguments: ["openai", "demo"])
  func `every prompt of Parti Prompts`(_ name: String) throws {
    let hashes = try Fixture("CLIP", "tokenizer-parti").settings([String: [String]].self)[name] ?? []
    let text = try String(contentsOfFile: try #require(Self.published), encoding: .utf8)
    let prompts = text.split(separator: "\n").dropFirst().map { $0.prefix { $0 != "\t" } }
    #expect(prompts.count == 1632)
    #expect(hashes.count == prompts.count)
    let tokenizer = try CLIPTokenizer(ModelDirectory(try #require(TokenizerFolder.byName[name])))
    for (prompt, hash) in zip(prompts, hashes) {
      let ids = tokenizer.encode(String(prompt)).map(String.init).joined(separator: " ")
      #expect(hexadecimal(fnv1a64(ids)) == hash, "\(prompt)")
    }
    #expect(prompts.count { tokenizer.isTruncated(String($0)) } == (name == "openai" ? 1 : 44))
  }

  private func fnv1a64(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

@Suite struct `Tokenizer folders` {
  private let text = "A café: don't STOP 42 🎉"

  @Test(arguments: [true, false])
  func `tokenizer.json alone serves as well`(_ mergesArePairs: Bool) throws {
    let folder = try TemporaryFolder()
    let source = TokenizerFolder.demo.appendingPathComponent("tokenizer.json")
    var json = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: source)) as? [String: Any])
    var model = try #require(json["model"] as? [String: Any])
    let merges = try #require(model["merges"] as? [[String]])
    if !mergesArePairs { model["merges"] = merges.map { $0.joined(separator: " ") } }
    json["model"] = model
    try JSONSerialization.data(withJSONObject: json)
      .write(to: folder.url.appendingPathComponent("tokenizer.json"))
    let alone = try CLIPTokenizer(ModelDirectory(folder.url))
    let whole = try CLIPTokenizer(ModelDirectory(TokenizerFolder.demo))
    #expect(alone.encode(text) == whole.encode(text))
    #expect(alone.vocabularySize == whole.vocabularySize)
  }

  /// Of the fields of a `tokenizer.json`, `transformers` 5 takes over these sides, and no other.
  @Test(
    arguments: [
      ("padding", #"{"strategy": {"Fixed": 77}, "direction": "Right", "pad_id": 0, "pad_token": "!"}"#, nil),
      ("truncation", #"{"direction": "Right", "max_length": 5, "strategy": "LongestFirst"}"#, nil),
      ("normalizer", "null", nil), ("post_processor", "null", nil), ("version", #""2.0""#, nil),
      ("padding", #"{"strategy": "BatchLongest", "direction": "Left"}"#, "padding.direction"),
      ("truncation", #"{"direction": "Left"}"#, "truncation.direction"), ("twist", "1", "twist"),
      ("model.unk_token", "null", nil), ("model.fuse_unk", "true", nil), ("model.twist", "1", "model.twist"),
      ("model.dropout", "0.1", "model.dropout"), ("model.type", #""Unigram""#, "model.type"),
    ] as [(String, String, String?)])
  func `every field of tokenizer.json is used, without effect or refused`(
    place: String, value: String, refused: String?
  ) throws {
    let folder = try TemporaryFolder()
    let source = TokenizerFolder.demo.appendingPathComponent("tokenizer.json")
    var json = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: source)) as? [String: Any])
    let new = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
    let names = place.split(separator: ".").map { String($0) }
    if names.count == 2 {
      var model = try #require(json["model"] as? [String: Any])
      model[names[1]] = new
      json["model"] = model
    } else {
      json[place] = new
    }
    try JSONSerialization.data(withJSONObject: json)
      .write(to: folder.url.appendingPathComponent("tokenizer.json"))
    // Written where a folder is loaded without a network.
    try Data(#"{"local_files_only": true, "is_local": true}"#.utf8)
      .write(to: folder.url.appendingPathComponent("tokenizer_config.json"))
    do throws(CheckpointError) {
      let tokenizer = try CLIPTokenizer(ModelDirectory(folder.url))
      let whole = try CLIPTokenizer(ModelDirectory(TokenizerFolder.demo))
      #expect(refused == nil && tokenizer.encode(text) == whole.encode(text))
    } catch {
      #expect(refused != nil && error.description.contains("tokenizer.json: '\(refused ?? "")'"), "\(error)")
    }
  }

  @Test func `an empty folder is told what it lacks`() throws {
    let folder = try TemporaryFolder()
    #expect(throws: CheckpointError.self) { try CLIPTokenizer(ModelDirectory(folder.url)) }
    do throws(CheckpointError) {
      _ = try CLIPTokenizer(try ModelDirectory(folder.url))
    } catch {
      #expect(error.description.hasPrefix(folder.url.appendingPathComponent("vocab.json").path))
      #expect(error.description.contains("tokenizer.json"))
    }
  }

  @Test(arguments: [
    (["merges.txt": "#version: 0.2\ni n\nt\n"], "merges.txt", "line 3"),
    (["merges.txt": "zz qqqq\n"], "merges.txt", "zz qqqq"),
    (["vocab.json": "{\"a\": \"one\"}"], "vocab.json", "a"),
    (["vocab.json": "[1, 2"], "vocab.json", ""),
    (["vocab.json": "{}", "merges.txt": ""], "vocab.json", "<|startoftext|>"),
    (["tokenizer_config.json": "{\"pad_token\": \"<pad>\"}"], "vocab.json", "<pad>"),
    (
      ["tokenizer_config.json": "{\"pad_token\": {\"text\": 1}}"], "tokenizer_config.json",
      "pad_token.content"
    ),
    (["tokenizer_config.json": "{\"model_max_length\": 1}"], "tokenizer_config.json", "model_max_length"),
  ])
  func `a malformed file is named with its field`(_ files: [String: String], _ file: String, _ field: String)
    throws
  {
    let folder = try TemporaryFolder()
    for name in ["vocab.json", "merges.txt"] where files[name] == nil {
      try FileManager.default.copyItem(
        at: TokenizerFolder.openAI.appendingPathComponent(name), to: folder.url.appendingPathComponent(name))
    }
    for (name, content) in files {
      try Data(content.utf8).write(to: folder.url.appendingPathComponent(name))
    }
    do throws(CheckpointError) {
      _ = try CLIPTokenizer(try ModelDirectory(folder.url))
      Issue.record("the folder was accepted")
    } catch {
      guard case .badConfiguration(let path, let found, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(path == folder.url.appendingPathComponent(file).path)
      #expect(found == field)
    }
  }

  @Test func `the tokenizer of another model is refused`() throws {
    let folder = try TemporaryFolder()
    let json = #"{"model": {"type": "BPE", "end_of_word_suffix": null, "vocab": {}, "merges": []}}"#
    try Data(json.utf8).write(to: folder.url.appendingPathComponent("tokenizer.json"))
    #expect(throws: CheckpointError.self) { try CLIPTokenizer(ModelDirectory(folder.url)) }
  }
}
