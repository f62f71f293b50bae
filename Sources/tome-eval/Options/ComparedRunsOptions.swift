import ArgumentParser
import Comparisons
import Foundation
import Metrics
import PerceptualModels
import Pictures
import ResultStore
import Scoring

/// The runs that a comparison or a page is about, and which of them are compared with which.
struct ComparedRunsOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "The run's name, as `sweep` prints it (default: the latest); repeatable: of several, the others are compared with "
        + "the first.", valueName: "name"))
  var runs: [String] = []

  @Option(
    help: ArgumentHelp(
      "Compare with the same variants of this run; repeatable, for one with several.", valueName: "name"))
  var againstRun: [String] = []

  @Option(
    help: ArgumentHelp(
      "The SQLite file with the run to compare with (default: the same; without --against-run, its latest run); "
        + "repeatable.", valueName: "file"),
    completion: .file())
  var againstStore: [String] = []

  @Option(
    help: ArgumentHelp(
      "The folder with that run's pictures (default: that of its SQLite file); as many times as there are further runs, "
        + "or once for all.", valueName: "dir"),
    completion: .directory)
  var againstOutput: [String] = []

  @Option(
    help: ArgumentHelp(
      "Measure LPIPS between the runs' pictures, too: a folder as `sweep --lpips` takes it; repeatable.",
      valueName: "dir"),
    completion: .directory)
  var lpips: [String] = []

  @Flag(
    help: "Don't compare the pictures of two runs pixel by pixel, for which their files are read.")
  var noPixelScores = false

  /// A run, and where its pictures are.
  struct Source {
    let contents: RunContents
    let folders: PictureFolders
    /// What names the folder.
    let option: String
  }

  /// Whether one run is compared with others, and not others with it.
  var isAgainst: Bool { !againstRun.isEmpty || !againstStore.isEmpty }

  /// Whether there is more than one run.
  var isSeveral: Bool { isAgainst || runs.count > 1 }

  func validate() throws {
    if runs.count > 1, isAgainst {
      throw ValidationError(
        "--run twice and --against-run or --against-store both name a second run; give one")
    }
    if !isSeveral {
      for (name, isGiven) in [
        ("against-output is the folder of a second run", !againstOutput.isEmpty),
        ("lpips compares the pictures of two runs", !lpips.isEmpty),
        ("no-pixel-scores is about the pictures of two runs", noPixelScores),
      ] where isGiven {
        throw ValidationError("--\(name); name one with --against-run")
      }
    }
    if noPixelScores, !lpips.isEmpty {
      throw ValidationError("--lpips reads the pictures' files, --no-pixel-scores none; give one of them")
    }
    let (names, stores) = (againstRun.count, againstStore.count)
    if names > 0, stores > 1, names != stores {
      throw ValidationError(
        "--against-store is given \(stores) times and --against-run \(names) times; name one run of each store, or one "
          + "store")
    }
    let others = runs.count > 1 ? runs.count - 1 : max(names, stores)
    if againstOutput.count > 1, againstOutput.count != others {
      throw ValidationError(
        "--against-output is given \(againstOutput.count) times for \(others) further runs; give it once for all, or "
          + "once for each, in their order")
    }
  }

  /// The selected run, and those that stand beside it; each once.
  /// - Parameter withExplanations: See `ResultStore.contents(ofRun:withEmbeddings:withExplanations:)`.
  func read(withExplanations: Bool = false) throws -> [Source] {
    let results = try store.openStore()
    let selected = runs.isEmpty ? [try results.latestRun()] : try runs.map(results.run(named:))
    // Of one file a run is known by its number.
    var found = selected.map { (store: results, run: $0, place: store.folder, isOwn: true) }
    let stores = try againstStore.map { path in
      let file = URL(fileURLWithPath: path)
      return (store: try ResultStore(file), place: file.deletingLastPathComponent(), isOwn: false)
    }
    let own = (store: results, place: store.folder, isOwn: true)
    for index in 0..<max(againstRun.count, againstStore.count) {
      let from = stores.isEmpty ? own : stores[min(index, stores.count - 1)]
      let run = try againstRun.isEmpty ? from.store.latestRun() : from.store.run(named: againstRun[index])
      found.append((from.store, run, from.place, from.isOwn))
    }
    for (index, one) in found.enumerated() where one.isOwn {
      if found[..<index].contains(where: { $0.isOwn && $0.run.id == one.run.id }) {
        throw ValidationError("run '\(one.run.name)' cannot be laid beside itself; name two runs")
      }
    }
    return try found.enumerated().map { index, one in
      let named =
        index == 0 || againstOutput.isEmpty
        ? nil : againstOutput[min(index, againstOutput.count) - 1]
      return Source(
        contents: try one.store.contents(
          ofRun: one.run.id, withEmbeddings: true, withExplanations: withExplanations),
        folders: PictureFolders(
          store: one.store.folder, output: named.map { URL(fileURLWithPath: $0) } ?? one.place),
        option: index == 0 ? "--output" : "--against-output")
    }
  }

  /// Which run is compared with which, by their places in ``read(withExplanations:)``.
  func pairs(of count: Int) -> [(own: Int, reference: Int)] {
    (1..<max(count, 1)).map { isAgainst ? (0, $0) : ($0, 0) }
  }

  /// What is measured between two runs' pictures beside their pixels.
  func distances() throws -> [PictureDistance] {
    try lpips.map { path in
      let scorer = try ScorerOptions.lpipsScorer(path)
      let record = ScorerRecord(
        kind: .lpips, name: scorer.identity.name, fingerprint: scorer.identity.fingerprint)
      return PictureDistance(record) { try scorer.model.distance($0, $1) }
    }
  }
}
