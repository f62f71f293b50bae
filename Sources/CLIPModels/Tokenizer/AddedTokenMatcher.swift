/// Finds tokens that are matched as a whole, before the text is split into words:
/// leftmost first, the longest where several begin.
struct AddedTokenMatcher: Sendable {
  enum Part {
    /// More than one for a word of several vectors.
    case token([Int])
    case text(ArraySlice<Unicode.Scalar>)
  }

  private let tokens: [(scalars: [Unicode.Scalar], ids: [Int])]

  init(_ tokens: [(content: String, ids: [Int])]) {
    self.tokens =
      tokens
      .map { (Array($0.content.unicodeScalars), $0.ids) }
      .filter { !$0.0.isEmpty }
      .sorted { $0.0.count > $1.0.count }
  }

  func split(_ text: ArraySlice<Unicode.Scalar>) -> [Part] {
    var parts: [Part] = []
    var start = text.startIndex
    var index = start
    func flush() {
      if start < index { parts.append(.text(text[start..<index])) }
    }
    while index < text.endIndex {
      if let token = tokens.first(where: { text[index...].starts(with: $0.scalars) }) {
        flush()
        parts.append(.token(token.ids))
        index += token.scalars.count
        start = index
      } else {
        index += 1
      }
    }
    flush()
    return parts
  }
}
