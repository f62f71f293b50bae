import CLIPModels
import Checkpoints
import Foundation
import Tensors

extension FuzzTarget {
  /// The files of a tokenizer: the input is each of them in turn, the others are small and good. What is accepted
  /// encodes a text. The good files encode the input itself.
  static let tokenizers = FuzzTarget("tokenizers") { bytes in
    let good = [
      "vocab.json": Data(
        #"{"a": 0, "b": 1, "a</w>": 2, "b</w>": 3, "ab</w>": 4, "<|startoftext|>": 5, "<|endoftext|>": 6}"#
          .utf8),
      "merges.txt": Data("#version: 0.2\na b</w>\n".utf8),
    ]
    func tokenizer(_ files: [String: Data]) throws -> CLIPTokenizer {
      try CLIPTokenizer(SyntheticFolder(path: "fuzz", files: files, tensors: RandomTensors(seed: 0)))
    }
    func encode(_ text: String, _ tokenizer: CLIPTokenizer) throws {
      let count = tokenizer.encode(text).count
      let expected = tokenizer.modelMaxLength
      try Finding.unless(count == expected, "\(count) tokens, not \(expected)")
      let isTruncated = tokenizer.isTruncated(text)
      let unread = tokenizer.unread(text)
      try Finding.unless(isTruncated || unread == nil, "all fits, but '\(unread ?? "")' does not")
    }

    let text = "ab <|endoftext|> B\u{301}"
    let data = Data(bytes)
    for name in ["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"] {
      guard let tokenizer = try? tokenizer(good.merging([name: data]) { $1 }) else { continue }
      try encode(text, tokenizer)
    }
    if let tokenizer = try? tokenizer(["tokenizer.json": data]) { try encode(text, tokenizer) }
    try encode(String(decoding: bytes.prefix(4096), as: UTF8.self), tokenizer(good))
  }
}
