import ResultStore
import Statistics

/// What a comparison comes to: its headline, what became of every gate, and the exit code they mean.
public struct Conclusion: Sendable {
  public enum Outcome: String, Sendable {
    case passed, failed
    /// Nothing was measured to decide it by; counts as failed.
    case unknown
  }

  public struct Check: Sendable {
    public let gate: Gate
    public let outcome: Outcome
    public let detail: String
  }

  public let headline: String
  public let checks: [Check]
  /// 0 fine, 1 a gate failed or could not be decided, 3 pictures failed or are missing.
  public let exitCode: Int32

  /// The one place where a comparison becomes words and an exit code.
  public init(_ comparison: Comparison, gates: [Gate] = []) {
    headline = VerdictSentence(minus: .hyphen).headline(comparison)
    var byMetric = [comparison.metric: comparison]
    checks = gates.map { gate in
      var subject = comparison
      if case .score(let metric, _) = gate.subject {
        subject =
          byMetric[metric] ?? Comparison(comparison.pairing, metric: metric, bootstrap: comparison.bootstrap)
        byMetric[metric] = subject
      }
      return Check(gate, subject)
    }
    exitCode = checks.contains { $0.outcome != .passed } ? 1 : comparison.isIncomplete ? 3 : 0
  }
}

extension Conclusion.Check {
  /// A gate holds for every row; one row that meets the condition, or has no value, fails it.
  init(_ gate: Gate, _ comparison: Comparison) {
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
        guard let value = Self.value(subject, row, ruler: comparison.rulerMetric) else {
          unknown.append(row.variant.title)
          continue
        }
        if gate.isMet(value, limit) { met.append("\(row.variant.title) has \(NumberText.fixed(value, 4))") }
      }
    }
    self.gate = gate
    if !met.isEmpty {
      outcome = .failed
      detail = met.joined(separator: ", ")
    } else if comparison.rows.isEmpty || !unknown.isEmpty {
      outcome = .unknown
      detail =
        "nothing measured for "
        + (unknown.isEmpty ? "any variant" : unknown.joined(separator: ", ")) + Self.advice(gate, comparison)
    } else {
      outcome = .passed
      detail = "every variant is clear of it"
    }
  }

  private static func value(
    _ subject: Gate.Subject, _ row: Comparison.Row, ruler: ScoreMetric?
  ) -> Double? {
    switch subject {
    case .verdict: nil
    case .speedUp(.low): row.speedUp?.interval?.lower
    case .speedUp(.high): row.speedUp?.interval?.upper
    case .speedUp: row.speedUp?.value
    case .score(let metric, .mean): row.means[metric]
    case .score(let metric, .share): ruler == metric ? row.seedShare?.value : nil
    case .score(_, .delta): row.difference?.difference.value
    case .score(_, .low): row.difference?.difference.interval?.lower
    case .score(_, .high): row.difference?.difference.interval?.upper
    }
  }

  private static func advice(_ gate: Gate, _ comparison: Comparison) -> String {
    guard case .score(let metric, let field) = gate.subject, metric.needsBaseline,
      field != .mean, field != .share, comparison.pairing.kind == .baseline
    else { return "" }
    return
      ": \(metric.rawValue) compares with the baseline already; use \(metric.rawValue).mean, or --against"
  }
}
