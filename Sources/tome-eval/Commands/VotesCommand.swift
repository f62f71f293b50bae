import ArgumentParser
import Evaluation
import Foundation
import ResultStore
import Wording

struct VotesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "votes",
    abstract: "Count what people say of the pictures.",
    discussion: """
      A report's page lets its reader vote blindly on pairs of pictures (key v) and mark the first ratio at which a \
      change is noticed (key n); "Save as JSON" writes both into a file. Collect the files of everybody who looked, and \
      take them into the run's store:

        tome-eval votes import votes-*.json --output Reports/sd15
        tome-eval compare --output Reports/sd15
        tome-eval report --output Reports/sd15

      `compare` and the report then say, ratio by ratio, how many prefer the baseline, with an interval and a verdict, \
      how far people agree with each other and the scores with them, and from which ratio on half of the pictures look \
      changed. docs/votes.md describes the file.
      """,
    subcommands: [VotesImportCommand.self])
}

struct VotesImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Take the votes and marks that reports' pages saved into a store.",
    discussion: """
      A vote belongs to a run by its key, and to a picture by prompt, seed and ratio. It is taken when the picture and \
      its baseline have the pixels that were seen; others are counted and refused, and the exit code is 3. The same \
      file again, or a later one of the same browser, adds what is new and nothing twice. A file with anything wrong in \
      it ends the command with 2 before any file is taken; each file is taken whole or not at all.

        tome-eval votes import votes-sd15.json --output Reports/sd15
        tome-eval votes import ann.json ben.json --store Reports/all.sqlite

      Exit codes: 0 fine, 2 bad usage or input, 3 votes or marks were refused.
      """)

  @Argument(
    help: ArgumentHelp(
      "Files that “Save as JSON” of a page's blind vote wrote; - is standard input.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var files: [String]

  @OptionGroup var store: StoreOptions

  @Flag(help: "Print what was done as JSON.")
  var json = false

  func run() throws {
    // All are read before any is taken.
    let read = try files.map { path in
      try VotesFile(path) { Terminal.log("waiting for votes on \(path == "-" ? "standard input" : path)") }
    }
    let outcomes = try VotesImport.run(read, into: store.openStore(.writing))
    for outcome in outcomes {
      for reason in VotesImport.Refusal.allCases {
        guard let count = outcome.refused[reason] else { continue }
        Terminal.warn("\(outcome.path): \(count) of its votes and marks refused: \(reason.rawValue)")
      }
    }
    if json {
      try Terminal.printJSON(outcomes.map(Document.init))
    } else {
      for outcome in outcomes { try Terminal.print(Self.sentence(outcome)) }
    }
    if outcomes.contains(where: { $0.refusedCount > 0 }) { throw ExitCode.failedPictures }
  }

  private static func sentence(_ outcome: VotesImport.Outcome) -> String {
    let saved = outcome.saved
    var text =
      "\(outcome.path): \(NumberText.count(saved.votes, "vote")) and "
      + "\(NumberText.count(saved.noticed, "mark")) of voter \(outcome.voter.label) taken"
    if !outcome.runs.isEmpty { text += " into run \(outcome.runs.joined(separator: ", "))" }
    if saved.known > 0 { text += ", \(saved.known) were there" }
    if outcome.refusedCount > 0 { text += ", \(outcome.refusedCount) refused" }
    return text
  }

  private struct Document: Encodable {
    let file: String
    let voter: String
    let name: String?
    let runs: [String]
    let votes: Int
    let marks: Int
    let known: Int
    /// By the reason.
    let refused: [String: Int]

    init(_ outcome: VotesImport.Outcome) {
      file = outcome.path
      voter = outcome.voter.key
      name = outcome.voter.name
      runs = outcome.runs
      votes = outcome.saved.votes
      marks = outcome.saved.noticed
      known = outcome.saved.known
      refused = Dictionary(
        outcome.refused.map { ("\($0.key)", $0.value) }, uniquingKeysWith: { first, _ in first })
    }
  }
}
