/// The three words of a gate: what is looked at, how it is compared, and with what.
package struct Condition: Sendable, Hashable {
  package enum Part: Int, Sendable { case subject, comparator, limit }

  package let text: String
  private let words: [Word]

  private static let comparators = ["<", "<=", ">", ">=", "==", "!="]

  /// - Parameter example: of a gate, for who gives no three words
  /// - Throws: ``GateError`` that points at the word that is wrong.
  package init(_ text: String, example: String) throws(GateError) {
    self.text = text
    words = Word.split(text)
    guard words.count >= 3 else {
      throw GateError(
        text: text, range: text.count..<text.count + 1,
        reason: "expected a subject, a comparison and a limit, as in \(example)")
    }
    guard words.count == 3 else {
      throw GateError(
        text: text, range: words[3].range, reason: "nothing may follow the limit; more is another gate")
    }
  }

  package var subject: String { words[Part.subject.rawValue].text }
  package var comparator: String { words[Part.comparator.rawValue].text }
  package var limit: String { words[Part.limit.rawValue].text }

  package func wrong(_ part: Part, _ reason: String) -> GateError {
    GateError(text: text, range: words[part.rawValue].range, reason: reason)
  }

  /// - Throws: ``GateError`` unless it is a comparison.
  package func checkComparator() throws(GateError) {
    guard Self.comparators.contains(comparator) else {
      throw wrong(.comparator, "unknown comparison; there are <, <=, >, >=, == and !=")
    }
  }

  /// - Throws: ``GateError`` unless the limit is a number.
  package func number() throws(GateError) -> Double {
    guard let number = Double(limit), number.isFinite else { throw wrong(.limit, "expected a number") }
    return number
  }

  package func isMet(_ value: Double, _ limit: Double) -> Bool {
    switch comparator {
    case "<": value < limit
    case "<=": value <= limit
    case ">": value > limit
    case ">=": value >= limit
    case "==": value == limit
    default: value != limit
    }
  }

  /// A run of comparison signs or of anything else but spaces, and where it stands.
  private struct Word: Sendable, Hashable {
    var text: String
    var range: Range<Int>

    static func split(_ text: String) -> [Word] {
      var words: [Word] = []
      var previous: Bool?
      for (position, character) in text.enumerated() {
        let isSign: Bool? = character.isWhitespace ? nil : "<>=!".contains(character)
        if let isSign {
          if isSign == previous, let last = words.indices.last {
            words[last].text.append(character)
            words[last].range = words[last].range.lowerBound..<position + 1
          } else {
            words.append(Word(text: String(character), range: position..<position + 1))
          }
        }
        previous = isSign
      }
      return words
    }
  }
}
