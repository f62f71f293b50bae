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

  private let condition: Condition
  let subject: Subject
  let limit: Limit

  public var text: String { condition.text }
  var comparator: String { condition.comparator }

  /// - Throws: ``GateError`` that points at the word that is wrong.
  public init(_ text: String) throws(GateError) {
    let condition = try Condition(text, example: "clip_score.delta < -0.5")
    self.condition = condition
    do throws(Problem) { subject = try Self.subject(condition.subject) } catch {
      throw condition.wrong(.subject, error.reason)
    }
    try condition.checkComparator()
    if subject == .verdict {
      guard condition.comparator == "==" || condition.comparator == "!=" else {
        throw condition.wrong(.comparator, "verdicts are compared by == and !=")
      }
      guard let verdict = Verdict(rawValue: condition.limit) else {
        let verdicts = Verdict.allCases.map(\.rawValue).joined(separator: ", ")
        throw condition.wrong(.limit, "unknown verdict; there are \(verdicts)")
      }
      limit = .verdict(verdict)
    } else {
      limit = .number(try condition.number())
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

  func isMet(_ value: Double, _ limit: Double) -> Bool { condition.isMet(value, limit) }
}
