/// A prompt in the syntax of AUTOMATIC1111's web UI: texts, each with how much it counts.
///
///     a (red:1.2) cube on ((a table)), [blurry] \(really\) BREAK studio light
///
/// - `(text)` counts 1.1 times as much, `[text]` 1.1 times less, `(text:1.2)` as much as is written; brackets in
///   brackets multiply, one that is never closed goes on to the end, and a backslash makes a bracket a bracket.
/// - `BREAK` fills the chunk up that it stands in, see ``PromptChunk``.
///
/// The rule is that of `parse_prompt_attention` in the web UI's `modules/prompt_parser.py`. What it has beside this
/// (`AND`, `[from:to:when]`, `[one|other]`, `<lora:…>`) is refused by its name.
struct WeightedPrompt: Sendable, Hashable {
  enum Piece: Sendable, Hashable {
    case text(String, weight: Double)
    case chunkEnd
  }

  let pieces: [Piece]

  private static let bracketFactor = 1.1

  /// - Throws: ``PromptError`` naming what is not done here.
  init(_ text: String) throws(PromptError) {
    let scalars = Array(text.unicodeScalars)
    try Self.requireNoNetworks(scalars)
    if scalars.hasWord("AND") { throw .composition }
    try Self.requireNoSchedules(scalars)
    var weighing = Weighing()
    var index = 0
    while index < scalars.count {
      let scalar = scalars[index]
      switch scalar {
      case "\\":
        // What is escaped is taken as it is; a backslash before anything else is dropped.
        if index + 1 < scalars.count, "\\()[]".unicodeScalars.contains(scalars[index + 1]) {
          index += 1
          weighing.add(String(scalars[index]))
        }
      case "(": weighing.round.append(weighing.fragments.count)
      case "[": weighing.square.append(weighing.fragments.count)
      case ")" where !weighing.round.isEmpty: try weighing.close(\.round, by: Self.bracketFactor)
      case "]" where !weighing.square.isEmpty: try weighing.close(\.square, by: 1 / Self.bracketFactor)
      case ":":
        guard let (written, end) = Self.weight(scalars, from: index) else {
          weighing.add(":")
          break
        }
        if weighing.round.isEmpty {
          weighing.add(String(scalars[index...end]))
        } else {
          guard let weight = Double(written) else { throw .badWeight(written) }
          try weighing.close(\.round, by: weight)
        }
        index = end
      case ")", "]": weighing.add(String(scalar))
      default:
        let run = scalars[index...].prefix { !"\\()[]:".unicodeScalars.contains($0) }
        weighing.addRun(run)
        index = run.endIndex - 1
      }
      index += 1
    }
    while !weighing.round.isEmpty { try weighing.close(\.round, by: Self.bracketFactor) }
    while !weighing.square.isEmpty { try weighing.close(\.square, by: 1 / Self.bracketFactor) }
    pieces = weighing.pieces
  }

  /// The number between a colon and a closing bracket, and where that is.
  private static func weight(
    _ scalars: [Unicode.Scalar], from colon: Int
  ) -> (written: String, end: Int)? {
    let after = scalars[(colon + 1)...].drop(while: \.isSpace)
    let sign = after.prefix { $0 == "+" || $0 == "-" }.prefix(1)
    let digits = after.dropFirst(sign.count).prefix { $0 == "." || $0.properties.numericType == .decimal }
    let rest = after.dropFirst(sign.count + digits.count).drop(while: \.isSpace)
    guard !digits.isEmpty, rest.first == ")" else { return nil }
    return (String(sign) + String(digits), rest.startIndex)
  }
}

/// The fragments of a prompt so far, and the brackets that are open.
private struct Weighing {
  struct Fragment {
    var text: String
    var weight = 1.0
    var isBreak = false
  }

  private(set) var fragments: [Fragment] = []
  /// The number of the first fragment in each.
  var round: [Int] = []
  var square: [Int] = []

  mutating func add(_ text: String) { fragments.append(Fragment(text: text)) }

  /// A text without brackets, cut at every BREAK.
  mutating func addRun(_ run: ArraySlice<Unicode.Scalar>) {
    var rest = run
    while let place = rest.word("BREAK") {
      add(String(rest[..<place.lowerBound].dropLastSpaces))
      fragments.append(Fragment(text: "", isBreak: true))
      rest = rest[place.upperBound...].drop(while: \.isSpace)
    }
    add(String(rest))
  }

  /// Closes the innermost bracket of a kind.
  mutating func close(
    _ brackets: WritableKeyPath<Weighing, [Int]>, by factor: Double
  ) throws(PromptError) {
    guard let first = self[keyPath: brackets].popLast() else { return }
    for index in fragments[first...].indices {
      guard !fragments[index].isBreak else { throw .boundBreak }
      fragments[index].weight *= factor
    }
  }

  /// Neighbours of one weight joined: the text encoder's tokens may go over their border.
  var pieces: [WeightedPrompt.Piece] {
    var pieces: [WeightedPrompt.Piece] = []
    for fragment in fragments.isEmpty ? [Fragment(text: "")] : fragments {
      if fragment.isBreak {
        pieces.append(.chunkEnd)
      } else if case .text(let text, weight: fragment.weight)? = pieces.last {
        pieces[pieces.count - 1] = .text(text + fragment.text, weight: fragment.weight)
      } else {
        pieces.append(.text(fragment.text, weight: fragment.weight))
      }
    }
    return pieces
  }
}

extension WeightedPrompt {
  /// `<name:…>`
  private static func requireNoNetworks(_ scalars: [Unicode.Scalar]) throws(PromptError) {
    for start in scalars.indices where scalars[start] == "<" {
      let name = scalars[(start + 1)...].prefix(while: \.isWord)
      let value = scalars[name.endIndex...]
      guard !name.isEmpty, value.first == ":", let end = value.firstIndex(of: ">"), end > value.startIndex + 1
      else {
        continue
      }
      throw .network(String(scalars[start...end]))
    }
  }

  /// `[…|…]`, and `[…:number]`
  private static func requireNoSchedules(_ scalars: [Unicode.Scalar]) throws(PromptError) {
    struct Open {
      let start: Int
      let isSquare: Bool
      var lastColon: Int?
      var hasBar = false
    }
    var open: [Open] = []
    var index = 0
    while index < scalars.count {
      switch scalars[index] {
      case "\\": index += 1
      case "(", "[": open.append(Open(start: index, isSquare: scalars[index] == "["))
      case ")": if open.last?.isSquare == false { open.removeLast() }
      case ":": if !open.isEmpty { open[open.count - 1].lastColon = index }
      case "|": if !open.isEmpty { open[open.count - 1].hasBar = true }
      case "]":
        guard let last = open.last, last.isSquare else { break }
        open.removeLast()
        let text = String(scalars[last.start...index])
        if last.hasBar { throw .alternation(text) }
        let step = last.lastColon.map { scalars[($0 + 1)..<index].drop(while: \.isSpace).dropLastSpaces }
        if let step, Double(String(step)) != nil { throw .editing(text) }
      default: break
      }
      index += 1
    }
  }
}

extension String {
  fileprivate init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}

extension Unicode.Scalar {
  fileprivate var isSpace: Bool { properties.isWhitespace }

  /// What is a part of words to Python's regular expressions.
  fileprivate var isWord: Bool {
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
      .letterNumber, .otherNumber:
      true
    default: self == "_"
    }
  }
}

extension RandomAccessCollection<Unicode.Scalar>
where Index == Int, SubSequence == ArraySlice<Unicode.Scalar> {
  /// Where a word stands by itself for the first time.
  fileprivate func word(_ word: String) -> Range<Int>? {
    let word = Array(word.unicodeScalars)
    return indices.lazy.filter { start in
      guard self[start...].starts(with: word) else { return false }
      let end = start + word.count
      let isFree = start == startIndex || !self[start - 1].isWord
      return isFree && (end == endIndex || !self[end].isWord)
    }.first.map { $0..<$0 + word.count }
  }

  fileprivate func hasWord(_ word: String) -> Bool { self.word(word) != nil }

  fileprivate var dropLastSpaces: SubSequence {
    guard let last = lastIndex(where: { !$0.isSpace }) else { return self[endIndex..<endIndex] }
    return self[...last]
  }
}
