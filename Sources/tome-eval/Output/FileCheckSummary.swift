import Evaluation
import Pictures
import ResultStore
import Wording

/// What became of the files of a run's pictures, for `--json`: the changed ones by name.
struct FileCheckSummary: Encodable {
  struct File: Encodable {
    let path: String?
    let row: Int
    let prompt: String
    let variant: String
    let seed: Seed
    let file: String
  }

  let run: String
  let filesUnchanged: Bool
  let checked: Int
  let changed: [File]

  init(_ check: FileCheck, run: String) {
    self.run = run
    filesUnchanged = check.changed.isEmpty
    checked = check.results.count
    changed = check.changed.map { result in
      File(
        path: result.sample.picture?.path.text, row: result.prompt.row, prompt: result.prompt.text,
        variant: result.variant.label, seed: result.sample.seed, file: result.state.rawValue)
    }
  }
}

extension FileCheck {
  /// The same as lines: a changed file each, then how many are what was stored.
  var table: String {
    let summary = "\(results.count - changed.count) of \(results.count) files are what was stored"
    guard let changes = StoredFile.State.changes(results.map(\.state)) else { return summary }
    let rows = changed.map { result in
      [
        "\(result.prompt.row)", result.variant.label, "\(result.sample.seed)", result.state.word,
        result.sample.picture?.path.text ?? "",
      ]
    }
    let columns = ["row", "ratio", "seed", "file", "path"].map { TextTable.Column(title: $0, isText: true) }
    return [TextTable(columns: columns, rows: rows).aligned(), "", summary, changes].joined(separator: "\n")
  }
}

extension StoredFile.State {
  var word: String { self == .stored ? "as stored" : rawValue }

  /// As in `files: 1 gone, 2 replaced since they were scored`; nil where all are what was stored.
  static func changes(_ states: [StoredFile.State]) -> String? {
    let counts = allCases.filter { $0 != .stored }.compactMap { state in
      let count = states.count { $0 == state }
      return count > 0 ? "\(count) \(state.rawValue)" : nil
    }
    return counts.isEmpty ? nil : "files: \(counts.joined(separator: ", ")) since they were scored"
  }
}
