import ResultStore
import Statistics

/// A condition that makes a comparison fail, as in `clip_score.delta < -0.5` or `verdict == worse`.
public struct Gate: Sendable, Hashable {
  enum Subject: Sendable, Hashable {
    case score(ScoreMetric, Field)
    case speedUp(Field)
    case verdict
  }

  enum Field: String, Sendable, CaseIterable {
    case delta, mean, share
    case low = "ci_low"
    case high = "ci_high"
  }

  enum Limit: Sendable, Hashable {
    case number(Double)
    case verdict(Verdict)
  }

  public let text: String
  let subject: Subject
  let comparator: String
  let limit: Limit

  /// - Throws: ``GateError`` that points at the word that is wrong.
  public init(_ text: String) throws(GateError) {
    self.text = text
    let words = Word.split(text)
    func wrong(_ word: Int, _ reason: String) -> GateError {
      let range = word < words.count ? words[word].range : text.count..<text.count + 1
      return GateError(text: text, range: range, reason: reason)
    }
    guard words.count >= 3 else {
      throw wrong(words.count, "expected a subject, a comparison and a limit, as in clip_score.delta < -0.5")
    }
    guard words.count == 3 else { throw wrong(3, "nothing may follow the limit; repeat --fail-if for more") }
    let parts = words[0].text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    switch parts[0] {
    case "verdict" where parts.count == 1: subject = .verdict
    case "speedup" where parts.count == 1: subject = .speedUp(.mean)
    case "speedup" where parts.count == 2 && (parts[1] == "ci_low" || parts[1] == "ci_high"):
      subject = .speedUp(parts[1] == "ci_low" ? .low : .high)
    case "speedup": throw wrong(0, "speedup has ci_low and ci_high only")
    default:
      guard let metric = ScoreMetric(rawValue: parts[0]) else {
        let scores = ScoreMetric.allCases.map(\.rawValue).joined(separator: ", ")
        throw wrong(0, "unknown subject; there are verdict, speedup and the scores \(scores)")
      }
      guard parts.count == 2, let field = Field(rawValue: parts[1]) else {
        let fields = Field.allCases.map { "\(metric.rawValue).\($0.rawValue)" }.joined(separator: ", ")
        throw wrong(0, "of a score there are \(fields)")
      }
      subject = .score(metric, field)
    }
    comparator = words[1].text
    guard ["<", "<=", ">", ">=", "==", "!="].contains(comparator) else {
      throw wrong(1, "unknown comparison; there are <, <=, >, >=, == and !=")
    }
    if subject == .verdict {
      guard comparator == "==" || comparator == "!=" else {
        throw wrong(1, "verdicts are compared by == and !=")
      }
      guard let verdict = Verdict(rawValue: words[2].text) else {
        let verdicts = Verdict.allCases.map(\.rawValue).joined(separator: ", ")
        throw wrong(2, "unknown verdict; there are \(verdicts)")
      }
      limit = .verdict(verdict)
    } else {
      guard let number = Double(words[2].text), number.isFinite else { throw wrong(2, "expected a number") }
      limit = .number(number)
    }
  }

  func isMet(_ value: Double, _ limit: Double) -> Bool {
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
  private struct Word {
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

/// A gate that cannot be understood, with the word that is why underlined.
public struct GateError: Error, Equatable, CustomStringConvertible {
  public let text: String
  /// Characters of the text that are wrong.
  public let range: Range<Int>
  public let reason: String

  public var description: String {
    let underline =
      String(repeating: " ", count: range.lowerBound) + String(repeating: "^", count: range.count)
    return "--fail-if: \(reason)\n  \(text)\n  \(underline)"
  }
}
