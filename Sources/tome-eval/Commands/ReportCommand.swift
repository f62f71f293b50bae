import ArgumentParser
import Foundation
import Reporting
import ResultStore

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a run's contact sheet again, from its stored results.",
    discussion: """
      No model is run. The page opens from file://, without a network.

        tome-eval report --output Reports/sd15
        tome-eval report --output Reports/sd15 --to ~/public/sd15
      """)

  @OptionGroup var selection: RunOptions

  @Option(
    help: ArgumentHelp(
      "Where the page goes, with its pictures (default: the run's folder).", valueName: "dir"),
    completion: .directory)
  var to: String?

  @Flag(help: "Print where the page is as JSON.")
  var json = false

  func run() throws {
    let contents = try selection.contents()
    let folder = selection.store.folder
    let page = try Reporting.writeContactSheet(
      contents: contents, comparison: Comparison(contents), runFolder: folder,
      to: to.map { URL(fileURLWithPath: $0) } ?? folder)
    if json {
      try Terminal.printJSON(["run": contents.run.name, "report": page.path])
    } else {
      print("report: \(page.path)")
    }
  }
}
