import ArgumentParser
import Foundation
import ResultStore

/// Which run stands beside the first.
struct SecondRunOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The run to stand beside it.", valueName: "name"))
  var againstRun: String?

  @Option(
    help: ArgumentHelp(
      "The SQLite file with the run to stand beside it (default: the same; without --against-run, its latest run).",
      valueName: "file"),
    completion: .file())
  var againstStore: String?

  @Option(
    help: ArgumentHelp(
      "The folder with that run's pictures (default: that of its SQLite file).", valueName: "dir"),
    completion: .directory)
  var againstOutput: String?

  var isAsked: Bool { againstRun != nil || againstStore != nil }
  var output: URL? { againstOutput.map { URL(fileURLWithPath: $0) } }

  /// - Parameters:
  ///   - store: The first run's.
  ///   - output: The first run's folder.
  /// - Returns: the run, its store and its folder; nil where none is asked for.
  func read(
    beside store: ResultStore, output: URL
  ) throws -> (run: RunRecord, store: ResultStore, output: URL, isSameStore: Bool)? {
    guard isAsked else { return nil }
    let file = againstStore.map { URL(fileURLWithPath: $0) }
    let other = try file.map { try ResultStore($0) } ?? store
    let run = try againstRun.map(other.run(named:)) ?? other.latestRun()
    let place = self.output ?? file?.deletingLastPathComponent() ?? output
    return (run, other, place, file == nil)
  }
}
