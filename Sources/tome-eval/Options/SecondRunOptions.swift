import ArgumentParser
import Foundation
import Reporting
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

  /// - Parameters:
  ///   - name: A run of the first one's store, from its own options.
  ///   - folder: The first run's.
  ///   - source: Reads a run of a store, whose pictures are in a folder.
  /// - Returns: nil where none is asked for.
  func source(
    _ name: String?, beside store: ResultStore, folder: URL,
    _ source: (RunRecord, ResultStore, URL) throws -> Report.Source
  ) throws -> Report.Source? {
    guard let name = name ?? againstRun ?? (isAsked ? "" : nil) else { return nil }
    let file = againstStore.map { URL(fileURLWithPath: $0) }
    let other = try file.map { try ResultStore($0) } ?? store
    let run = try name.isEmpty ? other.latestRun() : other.run(named: name)
    let place =
      againstOutput.map { URL(fileURLWithPath: $0) } ?? file?.deletingLastPathComponent() ?? folder
    return try source(run, other, place)
  }
}
