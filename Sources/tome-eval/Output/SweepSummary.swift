import Evaluation
import ResultStore

/// What a sweep did, for `--json`.
struct SweepSummary: Encodable {
  let run: String
  let folder: String
  /// None of a shard.
  let report: String?
  let total: Int
  let made: Int
  let reused: Int
  let failed: Int
  let scored: Int
  let unscored: Int
  let checksMade: Int
  let nullChecks: [CheckSummary]
  let interrupted: Bool

  struct CheckSummary: Encodable {
    let kind: String
    let outcome: String
    let detail: String
  }

  init(_ outcome: SweepOutcome, folder: String, report: String?) {
    run = outcome.run.name
    self.folder = folder
    self.report = report
    total = outcome.total
    made = outcome.made
    reused = outcome.reused
    failed = outcome.failed
    scored = outcome.scored
    unscored = outcome.unscored
    checksMade = outcome.checksMade
    nullChecks = outcome.nullChecks.map {
      CheckSummary(kind: $0.kind.rawValue, outcome: $0.outcome.rawValue, detail: $0.detail)
    }
    interrupted = outcome.isInterrupted
  }
}

extension SweepOutcome {
  /// The same in words.
  var sentence: String {
    if total == 0 { return "run \(run.name): no picture is asked for here" }
    if didNothing {
      return "run \(run.name): all \(total) pictures and their scores were there; nothing to do"
    }
    var text = "run \(run.name): \(made) of \(total) pictures made"
    if reused > 0 { text += ", \(reused) were there" }
    if failed > 0 { text += ", \(failed) failed" }
    if unscored > 0 { text += ", \(unscored) without all scores" }
    if checksMade > 0 { text += ", \(checksMade) more for null checks" }
    if isInterrupted { text += "; interrupted, the same command goes on from here" }
    return text
  }
}
