import ArgumentParser
import Foundation
import ResultStore

/// Where a run's pictures, report and results are.
struct StoreOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The run's folder: its pictures and its report.", valueName: "dir"),
    completion: .directory)
  var output = "Reports/sweep"

  @Option(
    help: ArgumentHelp(
      "The SQLite file with the results (default: tome-eval.sqlite in the run's folder).", valueName: "file"),
    completion: .file())
  var store: String?

  var folder: URL { URL(fileURLWithPath: output) }

  func openStore(create: Bool = false) throws -> ResultStore {
    let file = store.map { URL(fileURLWithPath: $0) } ?? folder.appendingPathComponent("tome-eval.sqlite")
    return try ResultStore(file, create: create)
  }
}

/// Which of a store's runs to look at.
struct RunOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp("The run's name, as `sweep` prints it (default: the latest).", valueName: "name"))
  var run: String?

  func contents() throws -> RunContents {
    let store = try store.openStore()
    let run = try run.map(store.run(named:)) ?? store.latestRun()
    return try store.contents(ofRun: run.id)
  }
}
