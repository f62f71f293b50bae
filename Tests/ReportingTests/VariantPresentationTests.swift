import Comparisons
import Foundation
import PictureFiles
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import Testing
import TokenMerging

@testable import Reporting

@Suite struct `Variants that share a ratio` {
  private static let labels = [
    "0.3", "0.5", "12 steps (time of 0.5)", "0.7", "0.5 webui", "0.5 comfyui", "0 steps 10",
  ]

  private func run(in folder: URL) throws -> RunContents {
    var run = SyntheticRun()
    run.size = 16
    run.variations = [
      .init(steps: 10),
      .init(merging: MergingOptions(ratio: 0.5, variant: .comfyui)),
      .init(merging: MergingOptions(ratio: 0.5, useRand: false, variant: .webui)),
      .init(steps: 12, equalTimeRatio: 0.5),
    ]
    return try run.make(in: folder)
  }

  @Test func `are told apart in the contact sheet`() throws {
    try withTemporaryFolder { folder in
      let contents = try run(in: folder)
      let html = try ContactSheet(
        contents, Comparison(contents), Gallery(contents, in: folder)
      ).html()
      let rows = contents.prompts.count * 2
      for label in Self.labels {
        #expect(
          html.matches(of: try Regex("data-ratio=\"\(NSRegularExpression.escapedPattern(for: label))\""))
            .count == rows)
      }
      #expect(html.matches(of: /data-heading="Ratio 0.5 webui"/).count == rows)
      #expect(html.matches(of: /data-heading="12 steps \(time of 0.5\)"/).count == rows)
      #expect(html.contains("comfyui (ComfyUI’s node)") && html.contains("<dt>Equal time</dt>"))
      let paths = contents.samples.compactMap(\.path)
      #expect(Set(paths).count == paths.count)
    }
  }
}
