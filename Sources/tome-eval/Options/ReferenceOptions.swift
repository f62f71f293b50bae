public import ArgumentParser
import Comparisons
import Foundation
import ResultStore

extension PromptDimension: ExpressibleByArgument {}
extension ComparisonReport.Format: ExpressibleByArgument {}

/// What a run's variants are compared with.
struct ReferenceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Compare with this variant instead of the baseline, as in 0.3.", valueName: "label"))
  var against: String?

  @Option(help: ArgumentHelp("Compare with the same variants of this run.", valueName: "name"))
  var againstRun: String?

  @Option(
    help: ArgumentHelp(
      "The SQLite file with the run to compare with (default: the same; without --against-run, its latest run).",
      valueName: "file"),
    completion: .file())
  var againstStore: String?

  @Option(help: ArgumentHelp("Compare this variant only; repeatable.", valueName: "label"))
  var only: [String] = []

  func validate() throws {
    if against != nil, againstRun != nil || againstStore != nil {
      throw ValidationError("--against compares within a run, --against-run with another; give one of them")
    }
  }

  /// - Parameter contents: of the selected run
  func pairing(_ contents: RunContents, _ selection: RunOptions) throws -> Pairing {
    if let against { return try Pairing(contents, against: against).only(only) }
    guard againstRun != nil || againstStore != nil else {
      return try Pairing(baselineOf: contents).only(only)
    }
    let store =
      try againstStore.map { try ResultStore(URL(fileURLWithPath: $0)) } ?? selection.store.openStore()
    let run = try againstRun.map(store.run(named:)) ?? store.latestRun()
    return try Pairing(contents, against: store.contents(ofRun: run.id, withEmbeddings: true)).only(only)
  }
}
