package import ResultStore
import Wording

/// What is said of a run's null checks: those that passed together, what failed or must be known a line each.
package enum NullCheckLines {
  /// Under a table. Capped ratios are left to the warnings of their rows.
  static func footnotes(_ checks: [NullCheckRecord]) -> [Note] {
    let failed = checks.filter { $0.outcome == .failed }
    let passed = checks.filter { $0.outcome == .passed }
    var notes = failed.map { Note(.failedCheck, failure($0)) }
    notes += checks.filter { $0.kind.needsPicture && $0.outcome == .noted }.map {
      Note(.check, "null check noted: \($0.detail)")
    }
    if !passed.isEmpty {
      let noun = failed.isEmpty ? "null check" : "other null check"
      notes.append(Note(.check, "\(NumberText.count(passed.count, noun)) passed"))
    }
    return notes
  }

  /// Of one that failed.
  static func failure(_ check: NullCheckRecord) -> String { "NULL CHECK FAILED: \(check.detail)" }

  package static func term(_ check: NullCheckRecord) -> String {
    let outcome: String =
      switch check.outcome {
      case .passed: "passed"
      case .failed: "FAILED"
      case .noted: "noted"
      case .pending: "not made"
      }
    let subject: String =
      switch check.kind {
      case .zeroRatio: "Ratio 0"
      case .repetition: "Repetition"
      case .effect: "Effect"
      case .cap: "Cap"
      }
    return "\(subject): \(outcome)"
  }
}
