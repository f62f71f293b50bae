import ArgumentParser
import Foundation
import Reporting
import ResultStore

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a run's report again, or two runs' side by side, from the stored results.",
    discussion: """
      No model is run. The page opens from file://, without a network.

        tome-eval report --output Reports/sd15
        tome-eval report --output Reports/sd15 --to ~/public/sd15
        tome-eval report --output Reports/sd15 --single-file

      Two runs of a store, or of two:
        tome-eval report --output Reports/sd15 --run sd15-1a2b3c4d --run sd15-5e6f7a8b
        tome-eval report --output Reports/after --against-store Reports/before/tome-eval.sqlite
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var second: SecondRunOptions

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "The run's name, as `sweep` prints it (default: the latest); twice for two side by side.",
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
    if runs.count > 2 { throw ValidationError("--run names one run or two, not \(runs.count)") }
    if runs.count == 2, second.isAsked {
      throw ValidationError(
        "--run twice and --against-run or --against-store both name a second run; give one")
    }
    if second.againstOutput != nil, runs.count < 2, !second.isAsked {
      throw ValidationError("--against-output is the folder of a second run; name one with --against-run")
    }
  }

  func run() throws {
    let results = try store.openStore()
    let first = try source(
      runs.first.map(results.run(named:)) ?? results.latestRun(), of: results, store.folder)
    let other = try second.source(runs.dropFirst().first, beside: results, folder: store.folder) {
      try source($0, of: $1, $2)
    }
    if let other, other.contents.run.id == first.contents.run.id, second.againstStore == nil {
      throw ValidationError("run '\(first.contents.run.name)' cannot be laid beside itself; name two runs")
    }
    let report = try other.map { try Report(first, beside: $0) } ?? Report(first)
    let written = try write(report, isPair: other != nil)
    if json {
      try Terminal.printJSON(
        Written(
          run: first.contents.run.name, against: other?.contents.run.name, report: written.page.path,
          bytes: written.bytes))
    } else {
      let size = written.bytes.map { " (\(megabytes($0)) MB)" } ?? ""
      print("report: \(written.page.path)\(size)")
    }
    if let bytes = written.bytes, bytes > 100_000_000 {
      Terminal.warn(
        "\(megabytes(bytes)) MB in one file: browsers take long to open it, and mail refuses it; leave out "
          + "--single-file and share the folder, whose pictures load as they are looked at")
    }
  }

  private struct Written: Encodable {
    let run: String
    let against: String?
    let report: String
    let bytes: Int?
  }

  private func source(_ run: RunRecord, of store: ResultStore, _ folder: URL) throws -> Report.Source {
    let contents = try store.contents(ofRun: run.id)
    return Report.Source(contents, comparison: Comparison(contents), folder: folder)
  }

  private func write(_ report: Report, isPair: Bool) throws -> (page: URL, bytes: Int?) {
    let target = to.map { URL(fileURLWithPath: $0) } ?? store.folder
    guard singleFile else { return (try report.write(to: target), nil) }
    let isFile = ["html", "htm"].contains(target.pathExtension.lowercased())
    let file =
      isFile ? target : target.appendingPathComponent(isPair ? "comparison-report.html" : "report.html")
    return (file, try report.writeSingleFile(to: file))
  }

  private func megabytes(_ bytes: Int) -> String {
    let tenths = (Double(bytes) / 100_000).rounded() / 10
    return tenths < 100 ? "\(tenths)" : "\(Int(tenths.rounded()))"
  }
}
