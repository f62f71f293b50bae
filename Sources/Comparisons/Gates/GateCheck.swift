import Wording

/// What became of a gate.
public struct GateCheck: Sendable, Encodable {
  public enum Outcome: String, Sendable, Encodable {
    case passed, failed
    /// Nothing was measured to decide it by; counts as failed.
    case unknown
  }

  /// The gate as it was given.
  public let condition: String
  public let outcome: Outcome
  public let detail: String

  /// As it is told.
  public var line: String { "gate \(outcome.rawValue): \(condition) (\(detail))" }

  /// A gate holds for every one of what it is about; one that meets the condition, or has no value, fails it.
  /// - Parameters:
  ///   - noun: what it is about one or more of
  ///   - met: those that meet the condition, with what they have
  ///   - unknown: those without a value
  ///   - isAboutNothing: whether there is none at all
  ///   - advice: follows those without a value
  package init(
    _ condition: String, noun: String = "variant", met: [String], unknown: [String], isAboutNothing: Bool,
    advice: String = ""
  ) {
    self.condition = condition
    if !met.isEmpty {
      outcome = .failed
      detail = met.joined(separator: ", ")
    } else if isAboutNothing || !unknown.isEmpty {
      outcome = .unknown
      detail =
        "nothing measured for " + (unknown.isEmpty ? "any \(noun)" : unknown.joined(separator: ", ")) + advice
    } else {
      outcome = .passed
      detail = "every \(noun) is clear of it"
    }
  }

  /// As ``init(_:noun:met:unknown:isAboutNothing:advice:)`` names one that meets the condition.
  package static func met(_ name: String, _ value: Double) -> String {
    "\(name) has \(NumberText.fixed(value, 4))"
  }
}
