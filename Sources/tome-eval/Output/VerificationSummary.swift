import Evaluation
import Pictures
import ResultStore
import Wording

/// What a verification found, for `--json`.
struct VerificationSummary: Encodable {
  struct Picture: Encodable {
    let row: Int
    let prompt: String
    let ratio: Double
    let seed: Seed
    let file: String
    let latentsEqual: Bool
    let picture: String
    let latentsHash: String?
    let storedLatentsHash: String?
    let imageHash: String
    let storedImageHash: String?
  }

  let run: String
  /// Whether the pictures came out as they are stored.
  let equal: Bool
  /// Whether their files are what was stored.
  let filesUnchanged: Bool
  let pictures: [Picture]
  let reasons: [String]

  init(_ verification: Verification, run: String) {
    self.run = run
    equal = verification.isEqual
    filesUnchanged = verification.results.allSatisfy { $0.file == .stored }
    reasons = verification.reasons
    pictures = verification.results.map { result in
      Picture(
        row: result.prompt.row, prompt: result.prompt.text, ratio: result.variant.ratio,
        seed: result.sample.seed, file: result.file.rawValue, latentsEqual: result.hasEqualLatents,
        picture: result.picture.rawValue,
        latentsHash: result.latentsHash, storedLatentsHash: result.sample.latentsHash,
        imageHash: result.imageHash, storedImageHash: result.sample.picture?.fileHash)
    }
  }
}

extension Verification {
  /// The same as lines: a picture each, then how many have the stored bits and why others may not.
  var table: String {
    let rows = results.map { result in
      [
        "\(result.prompt.row)", result.variant.label, "\(result.sample.seed)", result.file.word,
        result.hasEqualLatents ? "equal" : "different", result.picture.rawValue, result.prompt.text,
      ]
    }
    let columns = ["row", "ratio", "seed", "file", "latents", "picture", "prompt"]
    var lines = [
      TextTable(columns: columns.map { .init(title: $0, isText: true) }, rows: rows).aligned()
    ]
    let equal = results.count(where: \.isEqual)
    lines += ["", "\(equal) of \(results.count) pictures have the stored bits"]
    if let changes = StoredFile.State.changes(results.map(\.file)) { lines.append(changes) }
    if !isEqual {
      lines += reasons.isEmpty ? ["the machine is the run's own: they should have been equal"] : reasons
    }
    return lines.joined(separator: "\n")
  }
}
