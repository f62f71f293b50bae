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

      Runs of a store, each compared with the first; or of two stores, the first against the other:
        tome-eval report --output Reports/sd15 --run sd15-1a2b3c4d --run sd15-5e6f7a8b
        tome-eval report --output Reports/after --against-store Reports/before/tome-eval.sqlite

      Exit codes: 0 fine, 2 bad usage or input, 3 pictures are gone or changed and cannot be shown.
      """)

  @OptionGroup var runs: ComparedRunsOptions

  @Option(
    help: ArgumentHelp(
      "Where the page goes, with its pictures (default: the run's folder); with --single-file also a file.",
      valueName: "dir"),
    completion: .directory)
  var to: String?

  @Flag(help: "Of several runs, show also the prompts and seeds that only one of them has.")
  var allRows = false

  @Flag(help: "Write one file that holds everything, the pictures too, to send or to keep.")
  var singleFile = false

  @Flag(help: "Print where the page is as JSON.")
  var json = false

  func validate() throws {
    if allRows, !runs.isSeveral {
      throw ValidationError("--all-rows is about what several runs have not in common; name a second one")
    }
  }

  func run() throws {
    let read = try runs.read(withExplanations: true)
    let sources = read.map { Report.Source(Comparison($0.contents), folders: $0.folders) }
    let changed = sources.map { $0.contents.changedFiles(state: $0.folders.state) }
    let comparing = CountProgress("comparing")
    var beside = Report.Beside(pairs: runs.pairs(of: sources.count))
    beside.showsAllRows = allRows
    beside.measuresPixels = !runs.noPixelScores
    beside.distances = try runs.distances()
    let report = try Report(sources: sources, beside: beside, comparing: comparing.show)
    comparing.finish()
    let written = try write(report, isSingle: sources.count == 1)
    if json {
      let others = sources.dropFirst().map(\.contents.run.name)
      try Terminal.printJSON(
        Written(
          run: sources[0].contents.run.name, against: others.first, others: others, report: written.page.path,
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
      for warning in Advice.changedPictures(changed[index], in: source.folders, option: read[index].option) {
        Terminal.warn(warning)
      }
    }
    if changed.contains(where: { $0.count > 0 }) { throw ExitCode.failedPictures }
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

  private func write(_ report: Report, isSingle: Bool) throws -> (page: URL, bytes: Int?) {
    let target = to.map { URL(fileURLWithPath: $0) } ?? runs.store.folder
    guard singleFile else { return (try report.write(to: target), nil) }
    let isFile = ["html", "htm"].contains(target.pathExtension.lowercased())
    let file =
      isFile ? target : target.appendingPathComponent(isSingle ? "report.html" : "comparison-report.html")
    return (file, try report.writeSingleFile(to: file))
  }
}
