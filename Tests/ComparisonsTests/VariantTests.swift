import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing
import TokenMerging

@testable import Comparisons

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

  @Test func `are told apart in the table and in JSON, and only merging is recommended`() throws {
    try withTemporaryFolder { folder in
      let comparison = Comparison(try run(in: folder))
      #expect(comparison.rows.map(\.variant.label) == Self.labels)
      let table = comparison.table(hasColors: false)
      for label in Self.labels {
        #expect(table.split(separator: "\n").count { $0.drop { $0 == " " }.hasPrefix(label + "  ") } == 1)
      }
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(comparison.json().utf8)) as? [String: Any])
      let rows = try #require(json["ratios"] as? [[String: Any]])
      #expect(rows.compactMap { $0["label"] as? String } == Self.labels)
      #expect(rows[2]["equal_time_ratio"] as? Double == 0.5 && rows[2]["steps"] as? Int == 12)
      #expect(rows[5]["merge_variant"] as? String == "comfyui")
      if case .ratio(let ratio) = comparison.recommendation { #expect(ratio > 0) }
    }
  }
}
