import ArgumentParser
import Comparisons
import Foundation
import Pictures
import Reporting
import ResultStore
import Wording

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a run's report again, or several runs' side by side, from the stored results.",
    discussion: """
      No model is run. The page opens from file://, without a network.

        tome-eval report --output Reports/sd15
        tome-eval report --output Reports/sd15 --to ~/public/sd15
        tome-eval report --output Reports/sd15 --single-file

      Runs of a store, or of two:
        tome-eval report --output Reports/sd15 --run sd15-1a2b3c4d --run sd15-5e6f7a8b
        tome-eval report --output Reports/after --against-store Reports/before/tome-eval.sqlite

      Exit codes: 0 fine, 2 bad usage or input, 3 pictures are gone or changed and cannot be shown.
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var second: SecondRunOptions

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "The run's name, as `sweep` prints it (default: the latest); repeatable, for several side by side.",
      valueName: "name"))
  var runs: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where the page goes, with its pictures (default: the run's folder); with --single-file also a file.",
      valueName: "dir"),
    completion: .directory)
  var to: String?

  @Flag(help: "Write one file that holds everything, the pictures too, to send or to keep.")
  var singleFile = false

  @Flag(help: "Print where the page is as JSON.")
  var json = false

  func validate() throws {
    if runs.count > 1, second.isAsked {
      throw ValidationError(
        "--run twice and --against-run or --against-store both name a second run; give one")
    }
    if second.againstOutput != nil, runs.count < 2, !second.isAsked {
      throw ValidationError("--against-output is the folder of a second run; name one with --against-run")
    }
  }

  func run() throws {
    let results = try store.openStore()
    let names = runs.isEmpty ? [try results.latestRun()] : try runs.map(results.run(named:))
    for (index, run) in names.enumerated() where names[..<index].contains(where: { $0.id == run.id }) {
      throw Self.besideItself(run)
    }
    var sources = try names.enumerated().map { index, run in
      try source(run, of: results, index == 0 ? store.folder : second.output ?? store.folder)
    }
    if let other = try second.read(beside: results, output: store.folder) {
      if other.isSameStore, other.run.id == names[0].id { throw Self.besideItself(names[0]) }
      sources.append(try source(other.run, of: other.store, other.output))
    }
    let changed = sources.map { $0.contents.changedFiles(state: $0.folders.state) }
    let written = try write(Report(sources: sources), isSingle: sources.count == 1)
    if json {
      let others = sources.dropFirst().map(\.contents.run.name)
      try Terminal.printJSON(
        Written(
          run: names[0].name, against: others.first, others: others, report: written.page.path,
          bytes: written.bytes, missing: changed.map(\.gone).reduce(0, +),
          changed: changed.map(\.others.count).reduce(0, +)))
    } else {
      let size = written.bytes.map { " (\(NumberText.bytes($0)))" } ?? ""
      try Terminal.print("report: \(written.page.path)\(size)")
    }
    if let bytes = written.bytes, bytes > 100_000_000 {
      Terminal.warn(
        "\(NumberText.bytes(bytes)) in one file: browsers take long to open it, and mail refuses it; leave out "
          + "--single-file and share the folder, whose pictures load as they are looked at")
    }
    for (index, source) in sources.enumerated() {
      let option = index == 0 ? "--output" : "--against-output"
      for warning in Advice.changedPictures(changed[index], in: source.folders, option: option) {
        Terminal.warn(warning)
      }
    }
    if changed.contains(where: { $0.count > 0 }) { throw ExitCode.failedPictures }
  }

  private static func besideItself(_ run: RunRecord) -> ValidationError {
    ValidationError("run '\(run.name)' cannot be laid beside itself; name two runs")
  }

  private struct Written: Encodable {
    let run: String
    let against: String?
    let others: [String]
    let report: String
    let bytes: Int?
    /// Finished pictures that cannot be shown, as their files are gone.
    let missing: Int
    /// And as they are something else now.
    let changed: Int
  }

  private func source(_ run: RunRecord, of store: ResultStore, _ output: URL) throws -> Report.Source {
    Report.Source(
      Comparison(try store.contents(ofRun: run.id, withEmbeddings: true)),
      folders: PictureFolders(store: store.folder, output: output))
  }

  private func write(_ report: Report, isSingle: Bool) throws -> (page: URL, bytes: Int?) {
    let target = to.map { URL(fileURLWithPath: $0) } ?? store.folder
    guard singleFile else { return (try report.write(to: target), nil) }
    let isFile = ["html", "htm"].contains(target.pathExtension.lowercased())
    let file =
      isFile ? target : target.appendingPathComponent(isSingle ? "report.html" : "comparison-report.html")
    return (file, try report.writeSingleFile(to: file))
  }
}
