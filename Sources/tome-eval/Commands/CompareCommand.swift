import ArgumentParser
import Foundation
import Reporting
import ResultStore

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare a run's ratios with its baseline, in a table.",
    discussion: """
      Differences are paired by prompt and seed, with 95 % intervals from a bootstrap over \
      the prompts.

        tome-eval compare
        tome-eval compare --output Reports/sd15 --json
      """)

  @OptionGroup var selection: RunOptions

  @Flag(help: "Print the comparison as JSON.")
  var json = false

  func run() throws {
    let comparison = Comparison(try selection.contents())
    if json {
      print(comparison.json(), terminator: "")
    } else {
      print(comparison.table(isTerminal: Terminal.isOutputTerminal))
    }
  }
}
