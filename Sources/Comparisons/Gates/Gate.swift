import Metrics
import Statistics
import Wording

/// A condition that makes a comparison fail, as in `clip_score.delta < -0.5`, `clip_score@vit-large.delta < -0.5` or
/// `verdict == worse`.
public struct Gate: Sendable, Hashable {
  enum Subject: Sendable, Hashable {
    /// By the name of a measure, see `RunContents.measure(named:)`.
    case score(String, Field)
    case speedUp(Field)
    /// The share of votes for the baseline.
    case preference(Field)
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
    guard words.count == 3 else { throw wrong(3, "nothing may follow the limit; more is another gate") }
    do throws(Problem) { subject = try Self.subject(words[0].text) } catch { throw wrong(0, error.reason) }
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

  /// What the share of votes for the baseline is called, also in JSON and CSV.
  private static let preferenceName = "prefer_baseline"

  private struct Problem: Error { let reason: String }

  private static func subject(_ text: String) throws(Problem) -> Subject {
    // A scorer's name may have a point.
    let point = text.lastIndex(of: ".")
    let name = String(text[..<(point ?? text.endIndex)])
    let field = point.map { String(text[text.index(after: $0)...]) }
    switch (name, field) {
    case ("verdict", nil): return .verdict
    case ("speedup", nil): return .speedUp(.mean)
    case ("speedup", Field.low.rawValue): return .speedUp(.low)
    case ("speedup", Field.high.rawValue): return .speedUp(.high)
    case ("speedup", _): throw Problem(reason: "speedup has ci_low and ci_high only")
    case (preferenceName, nil): return .preference(.mean)
    case (preferenceName, Field.low.rawValue): return .preference(.low)
    case (preferenceName, Field.high.rawValue): return .preference(.high)
    case (preferenceName, _): throw Problem(reason: "\(preferenceName) has ci_low and ci_high only")
    default: break
    }
    guard Metric(rawValue: String(name.prefix { $0 != "@" })) != nil else {
      let scores = Metric.allCases.map(\.key).joined(separator: ", ")
      throw Problem(
        reason: "unknown subject; there are verdict, speedup, \(preferenceName) and the scores \(scores)"
          + Suggestion.phrase(
            for: name, among: ["verdict", "speedup", preferenceName] + Metric.allCases.map(\.key)))
    }
    guard let field = field.flatMap(Field.init) else {
      let fields = Field.allCases.map { "\(name).\($0.rawValue)" }.joined(separator: ", ")
      throw Problem(reason: "of a score there are \(fields)")
    }
    return .score(name, field)
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
