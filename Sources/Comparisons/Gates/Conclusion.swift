import Metrics
import ResultStore
import Statistics
import Wording

/// What a comparison comes to: its headline, what became of every gate, and the exit code they mean.
public struct Conclusion: Sendable {
  public let headline: String
  /// How sure the headline is.
  public let support: String?
  public let checks: [GateCheck]
  /// 0 fine, 1 a gate failed or could not be decided, 3 pictures failed, are missing or changed.
  public let exitCode: Int32

  /// The one place where a comparison becomes words and an exit code.
  /// - Parameter changedFiles: How many of the rows' pictures are gone, or not what was scored.
  public init(_ comparison: Comparison, gates: [Gate] = [], changedFiles: Int = 0) {
    headline = VerdictSentence(minus: .hyphen).headline(comparison)
    support = VerdictSentence.support(comparison)
    var byMeasure: [Measure: Comparison] = [:]
    if let measure = comparison.measure { byMeasure[measure] = comparison }
    checks = gates.map { gate in
      guard case .score(let name, _) = gate.subject,
        let measure = comparison.pairing.measure(named: name)
      else { return GateCheck(gate, comparison, measure: nil) }
      let subject =
        byMeasure[measure]
        // No gate is about how sure a recommendation is, or about sets as a whole.
        ?? Comparison(
          comparison.pairing, measure: measure, bootstrap: comparison.bootstrap, detail: .preliminary)
      byMeasure[measure] = subject
      return GateCheck(gate, subject, measure: measure)
    }
    exitCode =
      checks.contains { $0.outcome != .passed } ? 1 : comparison.isIncomplete || changedFiles > 0 ? 3 : 0
  }
}

extension GateCheck {
  /// Of a comparison's rows.
  /// - Parameter measure: That of a gate about a score; nil where the run has none.
  init(_ gate: Gate, _ comparison: Comparison, measure: Measure?) {
    var met: [String] = []
    var unknown: [String] = []
    for row in comparison.rows {
      switch (gate.limit, gate.subject) {
      case (.verdict(let limit), _):
        guard let verdict = row.difference?.verdict else {
          unknown.append(row.variant.title)
          continue
        }
        if (verdict == limit) == (gate.comparator == "==") {
          met.append("\(row.variant.title) is \(verdict.rawValue)")
        }
      case (.number(let limit), let subject):
        guard let value = Self.value(subject, row, measure, of: comparison) else {
          unknown.append(row.variant.title)
          continue
        }
        if gate.isMet(value, limit) { met.append(Self.met(row.variant.title, value)) }
      }
    }
    self.init(
      gate.text, met: met, unknown: unknown, isAboutNothing: comparison.rows.isEmpty,
      advice: Self.advice(gate, comparison))
  }

  private static func value(
    _ subject: Gate.Subject, _ row: Comparison.Row, _ measure: Measure?, of comparison: Comparison
  ) -> Double? {
    let preference = comparison.people?.preferences[row.variant.id]?.share.estimate
    return switch subject {
    case .verdict: nil
    case .speedUp(.low): row.speedUp?.interval?.lower
    case .speedUp(.high): row.speedUp?.interval?.upper
    case .speedUp: row.speedUp?.value
    case .preference(.low): preference?.interval?.lower
    case .preference(.high): preference?.interval?.upper
    case .preference: preference?.value
    case .score where measure == nil: nil
    case .score(_, .mean): measure.flatMap { row.means[$0] }
    case .score(_, .share): comparison.rulerMeasure == measure ? row.seedShare?.value : nil
    case .score(_, .delta): row.difference?.difference.value
    case .score(_, .low): row.difference?.difference.interval?.lower
    case .score(_, .high): row.difference?.difference.interval?.upper
    }
  }

  private static func advice(_ gate: Gate, _ comparison: Comparison) -> String {
    if case .preference = gate.subject {
      return ": nobody voted on it; `tome-eval votes import` takes the votes that a report's page saves"
    }
    guard case .score(let name, let field) = gate.subject, comparison.metric.needsBaseline,
      field != .mean, field != .share, comparison.pairing.kind == .baseline
    else { return "" }
    return
      ": \(name) compares with the baseline already; use \(name).mean, or compare with another variant or run"
  }
}
