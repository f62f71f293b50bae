import Foundation
import ResultStore
import Testing

@testable import Reporting

@Test func preview() throws {
  let folder = URL(fileURLWithPath: "/tmp/report-preview")
  try? FileManager.default.removeItem(at: folder)
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  var run = SyntheticRun()
  run.ratios = [0, 0.3, 0.5, 0.7, 0.9]
  run.fate = { prompt, variant, seed in
    prompt.row == 54 && variant.ratio == 0.5 && seed == 1
      ? .failed : prompt.row == 61 && variant.ratio == 0.9 && seed == 0 ? .pending : nil
  }
  run.isIdentical = { prompt, variant, seed in prompt.row == 68 && variant.ratio == 0.3 }
  let contents = try run.make(in: folder)
  let comparison = Comparison(contents)
  try Reporting.writeContactSheet(contents: contents, comparison: comparison, runFolder: folder, to: folder)
  print(comparison.table(isTerminal: false))
  print(comparison.json())
}
