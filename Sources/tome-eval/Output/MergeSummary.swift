import Evaluation
import Pictures
import ResultStore
import Wording

/// What a merge did, for `--json`.
struct MergeSummary: Encodable {
  struct Run: Encodable {
    let run: String
    let total: Int
    let taken: Int
    let linked: Int
    let known: Int
    let pending: Int
    let failed: Int
    let unscored: Int
    let conflicts: [Conflict]
    let damaged: [Damage]
    let interrupted: Bool
  }

  struct Conflict: Encodable {
    let picture: String
    let kept: String
    let left: String
  }

  struct Damage: Encodable {
    let store: String
    let path: String
    let state: String
  }

  let runs: [Run]
  let folder: String
  let report: String?

  init(_ outcomes: [MergeOutcome], folder: String, report: String?) {
    runs = outcomes.map { outcome in
      Run(
        run: outcome.run.name, total: outcome.total, taken: outcome.taken, linked: outcome.linked,
        known: outcome.known, pending: outcome.pending, failed: outcome.failed, unscored: outcome.unscored,
        conflicts: outcome.conflicts.map { Conflict(picture: $0.subject, kept: $0.kept, left: $0.left) },
        damaged: outcome.damages.map {
          Damage(store: $0.store, path: $0.path.text, state: $0.state.rawValue)
        },
        interrupted: outcome.isInterrupted)
    }
    self.folder = folder
    self.report = report
  }
}

extension MergeOutcome {
  /// The same in words.
  var sentence: String {
    var text = "run \(run.name): \(taken) of \(NumberText.count(total, "picture")) taken"
    if linked > 0 { text += " (\(linked) without a copy)" }
    if known > 0 { text += ", \(known) were there" }
    if pending > 0 { text += ", \(pending) not made yet" }
    if failed > 0 { text += ", \(failed) failed" }
    if unscored > 0 { text += ", \(unscored) without all scores" }
    if !conflicts.isEmpty { text += ", \(conflicts.count) in conflict" }
    if !damages.isEmpty { text += ", \(damages.count) left out" }
    if isInterrupted { text += "; interrupted, the same command goes on from here" }
    return text
  }
}
