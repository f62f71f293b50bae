import Foundation
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing
import Wording

@testable import Comparisons

@Suite struct `A comparison` {
  private static func small() -> SyntheticRun {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(8))
    run.size = 16
    return run
  }

  /// The mean over prompts of the mean over seeds of the differences, straight from the store's rows.
  private static func plainDifference(_ contents: RunContents, ratio: Double) throws -> Double {
    func value(_ prompt: PromptRecord, _ variant: VariantRecord, _ seed: Seed) -> Double? {
      let sample = contents.samples.first {
        $0.promptID == prompt.id && $0.variantID == variant.id && $0.seed == seed
      }
      return contents.scores.first { $0.sampleID == sample?.id && $0.metric == .clipScore }?.value
    }
    let baseline = try #require(contents.baseline)
    let variant = try #require(contents.variants.first { $0.ratio == ratio })
    let perPrompt = contents.prompts.compactMap { prompt -> Double? in
      let differences = contents.seeds.compactMap { seed -> Double? in
        guard let after = value(prompt, variant, seed), let before = value(prompt, baseline, seed) else {
          return nil
        }
        return after - before
      }
      return differences.isEmpty ? nil : differences.reduce(0, +) / Double(differences.count)
    }
    return perPrompt.reduce(0, +) / Double(perPrompt.count)
  }

  @Test func `has the store's mean differences, in the table and the JSON`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.small().make(in: folder)
      let comparison = Comparison(contents)
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(comparison.json().utf8)) as? [String: Any])
      let ratios = try #require(json["ratios"] as? [[String: Any]])
      #expect(comparison.rows.map(\.variant.ratio) == [0.3, 0.5, 0.7])
      for (row, document) in zip(comparison.rows, ratios) {
        let expected = try Self.plainDifference(contents, ratio: row.variant.ratio)
        let difference = try #require(row.difference?.difference)
        #expect(abs(difference.value - expected) < 1e-9)
        let score = try #require(document["clip_score"] as? [String: Any])
        #expect(abs(try #require(score["delta"] as? Double) - expected) < 1e-9)
        let lower = try #require(difference.interval).lower
        #expect(abs(try #require(score["ci_low"] as? Double) - lower) < 1e-9)
        #expect(document["verdict"] as? String == row.difference?.verdict.rawValue)
        #expect(comparison.table(hasColors: false).contains(NumberText.signed(expected, 2)))
      }
    }
  }

  @Test func `counts what is missing instead of hiding it`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.fate = { prompt, variant, seed in
        switch (prompt.row, variant.ratio, seed) {
        case (40, 0.5, 0), (47, 0.5, 1): .failed
        case (54, 0.7, 0): .pending
        case (61, 0, 0): .failed
        default: nil
        }
      }
      let comparison = Comparison(try run.make(in: folder))
      let half = try #require(comparison.rows.first { $0.variant.ratio == 0.5 })
      #expect((half.done, half.failed, half.pending) == (14, 2, 0))
      // Two failed, and one more has no baseline to be paired with.
      #expect(half.difference?.pairCount == 13)
      #expect(half.warnings == ["2 pictures failed"])
      #expect(comparison.baseline?.warnings == ["1 picture failed"])
      let table = comparison.table(hasColors: false)
      #expect(table.contains("ratio 0.5: 2 pictures failed"))
      #expect(table.contains("ratio 0.7: 1 picture not made yet"))
    }
  }

  @Test func `says that a ratio changed nothing, and that one is capped`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.ratios = [0, 0.3, 0.9]
      run.isIdentical = { _, variant, _ in variant.ratio == 0.3 }
      let comparison = Comparison(try run.make(in: folder))
      #expect(comparison.rows[0].isIdentical)
      #expect(comparison.rows[0].means[try #require(comparison.pairing.contents.measure(.psnr))] == nil)
      #expect(comparison.rows[0].warnings == ["no effect: every picture is identical to its baseline"])
      #expect(comparison.rows[1].identical == 0)
      #expect(
        try #require(comparison.rows[1].warnings.first).hasPrefix("capped: 0.9 merges no more than 0.75"))
      #expect(comparison.table(hasColors: false).contains("identical"))
    }
  }

  @Test func `leaves identical pictures out of the mean PSNR, and counts them`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.isIdentical = { prompt, variant, _ in variant.ratio == 0.5 && prompt.row == 40 }
      let contents = try run.make(in: folder)
      let row = try #require(Comparison(contents).rows.first { $0.variant.ratio == 0.5 })
      let samples = Set(contents.samples.filter { $0.variantID == row.variant.id }.map(\.id))
      let finite = contents.scores.filter { samples.contains($0.sampleID) && $0.metric == .psnr }
        .compactMap(\.value)
      #expect(row.identical == 2)
      #expect(finite.count == 14)
      let psnr = try #require(contents.measure(.psnr))
      #expect(abs(try #require(row.means[psnr]) - finite.reduce(0, +) / 14) < 1e-9)
    }
  }

  @Test func `without CLIP scores still compares pixels and times`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.clips = []
      let contents = try run.make(in: folder)
      let comparison = Comparison(contents)
      #expect(comparison.recommendation == nil)
      #expect(comparison.rows.allSatisfy { $0.difference == nil && $0.speedUp != nil })
      let psnr = try #require(contents.measure(.psnr))
      #expect(comparison.rows.allSatisfy { $0.means[psnr] != nil })
      #expect(comparison.table(hasColors: false).hasPrefix("No CLIP scores"))
    }
  }

  @Test func `colours verdicts on a terminal only, and aligns both alike`() throws {
    try withTemporaryFolder { folder in
      let comparison = Comparison(try Self.small().make(in: folder))
      let plain = comparison.table(hasColors: false)
      let coloured = comparison.table(hasColors: true)
      #expect(!plain.contains("\u{1B}"))
      #expect(coloured.contains("\u{1B}["))
      #expect(coloured.replacing(/\u{1B}\[\d+m/, with: "") == plain)
    }
  }

  @Test func `of eight prompts recommends nothing, and says how many it takes`() throws {
    try withTemporaryFolder { folder in
      let comparison = Comparison(try Self.small().make(in: folder))
      #expect(comparison.recommendation == .tooFewPrompts(8))
      #expect(comparison.table(hasColors: false).contains("8 prompts can’t carry one; about 12 more"))
    }
  }

  @Test func `counts as identical what has equal pixels, not what lacks a PSNR`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.isIdentical = { prompt, variant, _ in variant.ratio == 0.5 && prompt.row == 40 }
      var contents = try run.make(in: folder)
      func identical(_ contents: RunContents) throws -> Int {
        try #require(Comparison(contents).rows.first { $0.variant.ratio == 0.5 }).identical
      }
      // A PSNR that could not be computed says nothing.
      for index in contents.scores.indices where contents.scores[index].metric == .psnr {
        contents.scores[index].value = nil
      }
      #expect(try identical(contents) == 2)
      // Without hashes of pixels a mean difference of 0 says it.
      run.hasPixelHashes = false
      var earlier = try run.make(in: folder.appendingPathComponent("earlier"))
      #expect(try identical(earlier) == 2)
      for index in earlier.scores.indices where earlier.scores[index].metric == .psnr {
        earlier.scores[index].value = nil
      }
      #expect(try identical(earlier) == 2)
      for index in earlier.scores.indices where earlier.scores[index].metric == .mae {
        earlier.scores[index].value = 0.25
      }
      #expect(try identical(earlier) == 0)
    }
  }
}
