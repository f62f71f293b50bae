import ArgumentParser
import Foundation
import Pictures
import ResultStore

/// Where a run's pictures, report and results are.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The run's folder: its pictures and its report.", valueName: "dir"),
    completion: .directory)
  var output = "Reports/sweep"

  @Option(
    help: ArgumentHelp(
      "The SQLite file with the results (default: \(ResultStore.usualName) in the run's folder).",
      valueName: "file"),
    completion: .file())
  var store: String?

  var folder: URL { URL(fileURLWithPath: output) }

  /// - Parameter folder: that it is in unless an option says otherwise; nil for the run's
  func openStore(_ access: ResultStore.Access = .reading, in folder: URL? = nil) throws -> ResultStore {
    let file = store.map { URL(fileURLWithPath: $0) }
    return try ResultStore(
      file ?? (folder ?? self.folder).appendingPathComponent(ResultStore.usualName), access: access)
  }
}

/// Which of a store's runs to look at.
struct RunOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp("The run's name, as `sweep` prints it (default: the latest).", valueName: "name"))
  var run: String?

  /// - Parameter withEmbeddings: See `ResultStore.contents(ofRun:withEmbeddings:withExplanations:)`.
  /// - Returns: what the run holds, and where its pictures are.
  func read(withEmbeddings: Bool = false) throws -> (contents: RunContents, folders: PictureFolders) {
    let results = try store.openStore()
    let run = try run.map(results.run(named:)) ?? results.latestRun()
    return (
      try results.contents(ofRun: run.id, withEmbeddings: withEmbeddings),
      PictureFolders(store: results.folder, output: store.folder)
    )
  }
}
