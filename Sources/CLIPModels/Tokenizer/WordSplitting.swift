/// The words of lower-cased text, each of which byte-pair encoding treats on its own.
///
/// The leftmost match, in this order, of
/// `<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+`
/// (Radford et al. 2021, `simple_tokenizer.py`). The two markers come out in three
/// pieces, since the `tokenizers` library splits a second time with GPT-2's pattern;
/// a marker that stands for its token was taken out before.
func words(in text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
  var words: [ArraySlice<Unicode.Scalar>] = []
  var rest = text
  while let first = rest.first {
    let kind = ScalarKind(first)
    let length: Int
    if kind == .space {
      rest = rest.dropFirst()
      continue
    } else if let marker = markers.first(where: { rest.starts(with: $0.joined()) }) {
      for piece in marker {
        words.append(rest.prefix(piece.count))
        rest = rest.dropFirst(piece.count)
      }
      continue
    } else if let contraction = contractions.first(where: { rest.starts(with: $0) }) {
      length = contraction.count
    } else if kind == .number {
      length = 1
    } else {
      length = rest.prefix { ScalarKind($0) == kind }.count
    }
    words.append(rest.prefix(length))
    rest = rest.dropFirst(length)
  }
  return words
}

private let markers = ["startoftext", "endoftext"].map { name in
  ["<|", name, "|>"].map { Array($0.unicodeScalars) }
}
private let contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].map { Array($0.unicodeScalars) }

private enum ScalarKind {
  case space, letter, number, other

  init(_ scalar: Unicode.Scalar) {
    self =
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
      case .decimalNumber, .letterNumber, .otherNumber: .number
      default: scalar.properties.isWhitespace ? .space : .other
      }
  }
}
