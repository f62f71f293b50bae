import ArgumentParser
import Comparisons
import Evaluation
import Foundation
import Machine
import Pictures
import Reporting
import ResultStore
import Wording

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Take the results of several stores into one, and write the report.",
    discussion: """
      The stores are those of a sweep's shards, or of any sweeps and imports; without a word the shards below --output. \
      Rows go by what they stand for, never by their numbers, and a picture is taken when its file is what its store \
      says. The order of the stores makes no difference, and the same merge again adds what is new. Files get a second \
      name where both folders lie on one file system, and are copied elsewhere.

      Two stores that have other pixels for one picture are a conflict: all are named, and the exit code is 1. The \
      picture of the process that began first is kept, or that of a store that --prefer names. What is cut, changed or \
      gone stays out, and is named: the sweep's own command, with --output and without --shard, makes it and whatever \
      else is missing, and adds --equal-time.

        tome-eval merge --output Reports/sd15
        tome-eval merge a/tome-eval.sqlite b/tome-eval.sqlite --output Reports/both
        tome-eval merge a b --prefer b --output Reports/both
      """)

  @Argument(
    help: ArgumentHelp("Stores, or the folders of runs.", valueName: "store"), completion: .file())
  var stores: [String] = []

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp(
      "A store whose pictures are kept where others differ; may be repeated.", valueName: "store"),
    completion: .file())
  var prefer: [String] = []

  @Flag(help: "Copy all pictures, so that no file has two names.")
  var copy = false

  @Flag(help: "Print what was done as JSON.")
  var json = false

  /// As many conflicts and damages of a run are shown.
  private static let shown = 20

  func run() throws {
    let sources =
      stores.isEmpty ? ShardFolders.stores(in: store.folder).map(\.store) : stores.map(Self.file)
    guard !sources.isEmpty else { throw NoShards(folder: store.folder.path) }
    let cancellation = Cancellation()
    let trap = InterruptTrap(cancellation)
    // What cannot be read is found out before anything is made.
    for source in sources { _ = try ResultStore(source) }
    let results = try store.openStore(.creating)
    let merge = try StoreMerge(
      sources, preferring: prefer.map(Self.file), into: results, folder: store.folder, copies: copy)
    let (checking, taking) = (CountProgress("checking"), CountProgress("taking"))
    let outcomes = try merge.run(cancellation: cancellation) { stage, done, total in
      (stage == .checking ? checking : taking).show(done, total)
    }
    checking.finish()
    withExtendedLifetime(trap) {}
    try finish(outcomes, results)
  }

  /// The store of a run's folder, or what was named itself.
  private static func file(_ path: String) -> URL {
    var isFolder: ObjCBool = false
    let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let url = URL(fileURLWithPath: path)
    return isThere && isFolder.boolValue ? url.appendingPathComponent(ResultStore.usualName) : url
  }

  private func finish(_ outcomes: [MergeOutcome], _ results: ResultStore) throws {
    guard let last = outcomes.last else { throw NothingToMerge() }
    for outcome in outcomes {
      warn(outcome.conflicts.map(\.description) + outcome.damages.map(\.description))
      for check in outcome.nullChecks where check.outcome == .failed {
        Terminal.warn("null check failed: \(check.detail)")
      }
    }
    let comparison = Comparison(try results.contents(ofRun: last.run.id, withExplanations: true))
    let folders = PictureFolders(store: results.folder, output: store.folder)
    let page = try Report(sources: [.init(comparison, folders: folders)]).write(to: store.folder)
    if json {
      try Terminal.printJSON(MergeSummary(outcomes, folder: store.folder.path, report: page.path))
    } else {
      for outcome in outcomes { Terminal.log(outcome.sentence) }
      if outcomes.count > 1 { Terminal.log("the report is of run \(last.run.name); --run names another") }
      try Terminal.printFormatted(comparison.table(hasColors: Terminal.hasColors))
      try Terminal.print("report: \(page.path)")
    }
    if outcomes.contains(where: \.isInterrupted) { throw ExitCode.interrupted }
    if outcomes.contains(where: { !$0.conflicts.isEmpty }) { throw ExitCode.failure }
    guard outcomes.allSatisfy(\.isWhole) else {
      Terminal.log(
        "the sweep's own command, with --output \(store.output) and without --shard, makes what is missing")
      throw ExitCode.failedPictures
    }
  }

  private func warn(_ lines: [String]) {
    for line in lines.prefix(Self.shown) { Terminal.warn(line) }
    let more = lines.count - Self.shown
    if more > 0 {
      Terminal.warn("\(NumberText.count(more, "more line")) like these; --json has all of them")
    }
  }
}

/// No store was named, and there are no shards.
private struct NoShards: Error, CustomStringConvertible {
  let folder: String

  var description: String {
    "\(folder) has no shards to merge; name stores, or sweep with --shard 1/4 and the same --output first"
  }
}

/// The stores hold no run.
private struct NothingToMerge: Error, CustomStringConvertible {
  var description: String { "none of the stores holds a run; sweep first" }
}
