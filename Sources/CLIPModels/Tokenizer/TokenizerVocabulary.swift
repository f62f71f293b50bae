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

  init(_ files: any ModelFiles) throws(CheckpointError) {
    if files.has("vocab.json"), files.has("merges.txt") {
      vocabularyFile = files.path(of: "vocab.json")
      mergesFile = files.path(of: "merges.txt")
      ids = try Self.ids(
        files.decode([String: Double].self, from: "vocab.json"), file: vocabularyFile, place: "")
      merges = try Self.merges(files.data("merges.txt"), path: mergesFile)
    } else if files.has("tokenizer.json") {
      vocabularyFile = files.path(of: "tokenizer.json")
      mergesFile = vocabularyFile
      let model = try TokenizerFile(files).model
      ids = try Self.ids(model.vocab, file: vocabularyFile, place: "model.vocab.")
      merges = model.merges.map { ($0.left, $0.right) }
    } else {
      let missing = files.has("vocab.json") ? "merges.txt" : "vocab.json"
      throw .missingFile(
        path: files.path(of: missing),
        hint: "a CLIP tokenizer is vocab.json with merges.txt, or tokenizer.json; "
          + "copy them here from the model's own folder")
    }
  }

  private static func ids(
    _ numbers: [String: Double], file: String, place: String
  ) throws(CheckpointError) -> [String: Int] {
    let wrong = numbers.filter { !Quantity.tokenID.contains($0.value) }
    guard let (token, number) = wrong.min(by: { $0.key < $1.key }) else {
      return numbers.mapValues { Int($0) }
    }
    throw .badConfiguration(
      path: file, field: place + token,
      reason: "is \(JSONValue.number(number)), expected \(Quantity.tokenID)")
  }

  /// One merge a line, best first; a first line `#version: …` is a comment.
  private static func merges(
    _ data: Data, path: String
  ) throws(CheckpointError) -> [(String, String)] {
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

/// A merge, written as `"a b"` or, by newer versions, as `["a", "b"]`.
struct MergePair: Decodable {
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
