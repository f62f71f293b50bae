public import Comparisons
import Statistics
import Tensors
import Wording

/// A condition that makes a benchmark fail, as in `seconds_ratio.ci_low > 1.05`.
public struct BenchmarkGate: Sendable, Hashable {
  /// By the names that the JSON has for them.
  enum Subject: String, CaseIterable {
    case secondsRatio = "seconds_ratio"
    case speedup
    case tiledSpeedup = "tiled_speedup"
    case peerRatio = "peer_ratio"
  }

  enum Field: String {
    case low = "ci_low"
    case high = "ci_high"
  }

  let condition: Condition
  let subject: Subject
  /// Nil for the quotient itself.
  let field: Field?
  let limit: Double

  /// - Throws: `GateError` that points at the word that is wrong.
  public init(_ text: String) throws(GateError) {
    condition = try Condition(text, example: "seconds_ratio.ci_low > 1.05")
    let words = condition.subject.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let names = Subject.allCases.map(\.rawValue)
    guard let subject = Subject(rawValue: String(words[0])) else {
      throw condition.wrong(
        .subject,
        "unknown subject; there are \(names.joined(separator: ", "))"
          + Suggestion.phrase(for: String(words[0]), among: names))
    }
    self.subject = subject
    field = words.count > 1 ? Field(rawValue: String(words[1])) : nil
    guard words.count == 1 || field != nil else {
      throw condition.wrong(.subject, "\(subject.rawValue) has ci_low and ci_high only")
    }
    try condition.checkComparator()
    limit = try condition.number()
  }

  public var text: String { condition.text }

  /// Whether it is about an earlier benchmark, or about a peer.
  public var needsBaseline: Bool { subject == .secondsRatio }
  public var needsPeer: Bool { subject == .peerRatio }
}

extension BenchmarkReport {
  /// What became of the gates: each holds for every configuration that it is about.
  public var checks: [GateCheck] {
    gates.map { gate in
      let subjects = rows.filter { $0.program == .own && isAbout($0, gate.subject) }
      var (met, unknown): ([String], [String]) = ([], [])
      var isShort = false
      for row in subjects {
        let ratio = ratio(gate.subject, of: row)
        let value =
          switch gate.field {
          case nil: ratio?.estimate.value
          case .low: ratio?.estimate.interval?.lower
          case .high: ratio?.estimate.interval?.upper
          }
        guard let value else {
          isShort = isShort || ratio != nil
          unknown.append(row.item.label)
          continue
        }
        if gate.condition.isMet(value, gate.limit) { met.append(GateCheck.met(row.item.label, value)) }
      }
      return GateCheck(
        gate.text, noun: "configuration", met: met, unknown: unknown,
        isAboutNothing: subjects.isEmpty,
        advice: isShort ? ": an interval needs \(LogRatio.leastCount) rounds or more on both sides" : "")
    }
  }

  /// What merging brings is asked of what merges, anything else of every configuration.
  private func isAbout(_ row: BenchmarkRow, _ subject: BenchmarkGate.Subject) -> Bool {
    switch subject {
    case .secondsRatio, .peerRatio: true
    case .speedup: row.item.merging != nil
    case .tiledSpeedup: row.item.merging != nil && row.item.attention == .tiled
    }
  }

  private func ratio(_ subject: BenchmarkGate.Subject, of row: BenchmarkRow) -> LogRatio? {
    switch subject {
    case .secondsRatio: secondsRatio(row)
    case .speedup: speedup(row)
    case .tiledSpeedup: tiledSpeedup(row)
    case .peerRatio: peerRatio(row)
    }
  }
}
