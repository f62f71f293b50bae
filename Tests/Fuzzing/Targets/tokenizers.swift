import CLIPModels
import Checkpoints
import Foundation
import Tensors

private let names = [
  "vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "tokenizer.json",
]

/// The files of a tokenizer: the input is each of them in turn, the others are small and good. What is accepted encodes
/// a text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let data = Data(bytes: start, count: count)
  let good = [
    "vocab.json": Data(
      #"{"a": 0, "b": 1, "a</w>": 2, "b</w>": 3, "ab</w>": 4, "<|startoftext|>": 5, "<|endoftext|>": 6}"#.utf8
    ),
    "merges.txt": Data("#version: 0.2\na b</w>\n".utf8),
  ]
  for name in names {
    let files = name == "tokenizer.json" ? [name: data] : good.merging([name: data]) { $1 }
    let folder = SyntheticFolder(path: "fuzz", files: files, tensors: RandomTensors(seed: 0))
    guard let tokenizer = try? CLIPTokenizer(folder) else { continue }
    precondition(tokenizer.encode("ab <|endoftext|> B\u{301}").count == tokenizer.modelMaxLength)
  }
  return 0
}
