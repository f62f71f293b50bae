import Checkpoints

/// Byte-pair encoding: a word begins as its UTF-8 bytes, and the pair that the merge
/// list names first is joined until no pair of the list is left.
///
/// Sennrich et al. 2016, on bytes as in GPT-2; the last byte of a word carries the
/// suffix `</w>`.
struct BytePairEncoder: Sendable {
  private struct Merge {
    let rank: Int
    let token: Int
  }

  private struct Pair: Hashable {
    let left: Int
    let right: Int
  }

  private let byteTokens: [Int]
  private let lastByteTokens: [Int]
  private let merges: [Pair: Merge]

  /// - Throws: ``CheckpointError`` when a merge is about tokens that the vocabulary lacks.
  init(_ vocabulary: TokenizerVocabulary, unknown: Int) throws(CheckpointError) {
    let ids = vocabulary.ids
    byteTokens = byteAlphabet.map { ids[$0] ?? unknown }
    lastByteTokens = byteAlphabet.map { ids[$0 + TokenizerVocabulary.endOfWord] ?? unknown }
    var merges: [Pair: Merge] = [:]
    merges.reserveCapacity(vocabulary.merges.count)
    for (rank, (left, right)) in vocabulary.merges.enumerated() {
      guard let leftID = ids[left], let rightID = ids[right], let joined = ids[left + right] else {
        throw .badConfiguration(
          path: vocabulary.mergesFile, field: "\(left) \(right)",
          reason: "merge \(rank + 1) is about tokens that the vocabulary lacks; "
            + "vocabulary and merges must come from the same tokenizer")
      }
      merges[Pair(left: leftID, right: rightID)] = Merge(rank: rank, token: joined)
    }
    self.merges = merges
  }

  /// The token ids of one word.
  func tokens(ofWord word: ArraySlice<Unicode.Scalar>) -> [Int] {
    let bytes = word.flatMap(\.utf8)
    guard let last = bytes.last else { return [] }
    var tokens = bytes.dropLast().map { byteTokens[Int($0)] } + [lastByteTokens[Int(last)]]
    func rank(_ index: Int) -> Int {
      merges[Pair(left: tokens[index], right: tokens[index + 1])]?.rank ?? .max
    }
    var ranks = (0..<tokens.count - 1).map(rank)
    while let best = ranks.indices.min(by: { ranks[$0] < ranks[$1] }),
      let merge = merges[Pair(left: tokens[best], right: tokens[best + 1])]
    {
      tokens[best] = merge.token
      tokens.remove(at: best + 1)
      ranks.remove(at: best)
      if best > 0 { ranks[best - 1] = rank(best - 1) }
      if best < ranks.count { ranks[best] = rank(best) }
    }
    return tokens
  }
}

/// The visible character that stands for each byte in a vocabulary: itself where it is
/// printable, else the next free one from U+0100 on (GPT-2's `bytes_to_unicode`).
private let byteAlphabet: [String] = {
  var next: UInt32 = 0x100
  return (UInt32(0)..<256).map { byte in
    let value: UInt32
    switch byte {
    case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: value = byte
    default:
      value = next
      next += 1
    }
    return Unicode.Scalar(value).map(String.init) ?? ""
  }
}()
