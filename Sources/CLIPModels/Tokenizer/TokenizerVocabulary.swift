import Checkpoints
import Foundation

/// The token ids and the merge list of a CLIP tokenizer, from either of the two forms
/// in which `transformers` saves them.
struct TokenizerVocabulary {
  /// What the last token of a word ends with.
  static let endOfWord = "</w>"

  let ids: [String: Int]
  let merges: [(String, String)]
  /// The files they came from, for error messages.
  let vocabularyFile: String
  let mergesFile: String

  init(_ directory: ModelDirectory) throws(CheckpointError) {
    if directory.has("vocab.json"), directory.has("merges.txt") {
      vocabularyFile = directory.url.appendingPathComponent("vocab.json").path
      mergesFile = directory.url.appendingPathComponent("merges.txt").path
      ids = try directory.decode([String: Int].self, from: "vocab.json")
      merges = try Self.merges(ofFile: mergesFile)
    } else if directory.has("tokenizer.json") {
      vocabularyFile = directory.url.appendingPathComponent("tokenizer.json").path
      mergesFile = vocabularyFile
      let model = try directory.decode(TokenizerFile.self, from: "tokenizer.json").model
      guard model.end_of_word_suffix == Self.endOfWord else {
        throw .badConfiguration(
          path: vocabularyFile, field: "model.end_of_word_suffix",
          reason: "is '\(model.end_of_word_suffix ?? "")', a CLIP tokenizer has '\(Self.endOfWord)'; "
            + "this is the tokenizer of another model")
      }
      ids = model.vocab
      merges = model.merges.map { ($0.left, $0.right) }
    } else {
      let missing = directory.has("vocab.json") ? "merges.txt" : "vocab.json"
      throw .missingFile(
        path: directory.url.appendingPathComponent(missing).path,
        hint: "a CLIP tokenizer is vocab.json with merges.txt, or tokenizer.json; "
          + "copy them here from the model's own folder")
    }
  }

  /// One merge a line, best first; a first line `#version: …` is a comment.
  private static func merges(ofFile path: String) throws(CheckpointError) -> [(String, String)] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path, reason: "check its permissions")
    }
    var merges: [(String, String)] = []
    let lines = [UInt8](data).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, bytes) in lines.enumerated() {
      let bytes = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
      let line = String(decoding: bytes, as: UTF8.self)
      if line.isEmpty || line.hasPrefix("#version") { continue }
      guard let pair = MergePair(line) else {
        throw .badConfiguration(
          path: path, field: "line \(index + 1)",
          reason: "is '\(line)', expected two tokens and a space between")
      }
      merges.append((pair.left, pair.right))
    }
    return merges
  }
}

/// What is read of a `tokenizer.json`.
private struct TokenizerFile: Decodable {
  struct Model: Decodable {
    let vocab: [String: Int]
    let merges: [MergePair]
    let end_of_word_suffix: String?
  }

  let model: Model
}

/// A merge, written as `"a b"` or, by newer versions, as `["a", "b"]`.
private struct MergePair: Decodable {
  let left: String
  let right: String

  init?(_ line: String) {
    let parts = line.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts.contains(where: \.isEmpty) else { return nil }
    left = String(Substring(parts[0]))
    right = String(Substring(parts[1]))
  }

  init(from decoder: any Decoder) throws {
    if let line = try? decoder.singleValueContainer().decode(String.self) {
      guard let pair = MergePair(line) else {
        throw DecodingError.dataCorrupted(
          .init(codingPath: decoder.codingPath, debugDescription: "'\(line)' is not two tokens"))
      }
      self = pair
    } else {
      var pair = try decoder.unkeyedContainer()
      left = try pair.decode(String.self)
      right = try pair.decode(String.self)
    }
  }
}
