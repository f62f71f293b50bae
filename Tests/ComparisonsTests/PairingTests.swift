import Foundation
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Statistics
import SyntheticRuns
import Testing
import TokenMerging
import Wording

@testable import Comparisons

@Suite struct `Pairings` {
  private static func small() -> SyntheticRun {
    var run = SyntheticRun()
    run.prompts = Array(SyntheticRun.samplePrompts.prefix(8))
    run.size = 16
    return run
  }

  private static func value(
    _ contents: RunContents, _ metric: Metric, row: Int, ratio: Double, seed: Seed
  ) throws -> Double {
    let prompt = try #require(contents.prompts.first { $0.row == row })
    let variant = try #require(contents.variants.first { $0.ratio == ratio })
    let sample = try #require(
      contents.samples.first { $0.promptID == prompt.id && $0.variantID == variant.id && $0.seed == seed })
    return try #require(contents.scores.first { $0.sampleID == sample.id && $0.metric == metric }?.value)
  }

  @Test func `of ratio with ratio give every score a paired difference`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.small().make(in: folder)
      let comparison = Comparison(try Pairing(contents, against: "0.3"), measure: contents.measure(.ssim))
      #expect(comparison.baseline?.variant.ratio == 0.3)
      #expect(comparison.rows.map(\.variant.ratio) == [0, 0.5, 0.7])
      #expect(comparison.rows[0].difference == nil)
      let differences = try contents.prompts.flatMap { prompt in
        try [0, 1].map { seed in
          try Self.value(contents, .ssim, row: prompt.row, ratio: 0.7, seed: seed)
            - Self.value(contents, .ssim, row: prompt.row, ratio: 0.3, seed: seed)
        }
      }
      let difference = try #require(comparison.rows[2].difference)
      #expect(abs(difference.difference.value - differences.reduce(0, +) / 16) < 1e-12)
      #expect(difference.pairCount == 16 && difference.promptCount == 8)
      #expect(difference.verdict == .worse)
      // The same by a score of which less is better.
      let errors = Comparison(try Pairing(contents, against: "0.3"), measure: contents.measure(.rmse))
      #expect(try #require(errors.rows[2].difference).difference.value > 0)
      #expect(errors.rows[2].difference?.verdict == .worse)
      #expect(errors.table(hasColors: false).hasPrefix("RMSE against 0.3: worse"))
      #expect(throws: ComparisonError.self) { try Pairing(contents, against: "0.4") }
    }
  }

  @Test func `of run with run match by content, and count what has no counterpart`() throws {
    try withTemporaryFolder { folder in
      let before = try Self.small().make(in: folder.appendingPathComponent("before"))
      var run = Self.small()
      run.prompts = Array(SyntheticRun.samplePrompts.prefix(10).reversed())
      run.ratios = [0, 0.5, 0.6]
      run.seeds = [1, 2]
      run.effect = -9
      let after = try run.make(in: folder.appendingPathComponent("after"))
      let pairing = Pairing(after, against: before)
      let comparison = Comparison(pairing)
      #expect(comparison.rows.map(\.variant.ratio) == [0, 0.5])
      let half = try #require(comparison.rows[1].difference)
      #expect(half.pairCount == 8 && half.promptCount == 8)
      let differences = try before.prompts.map { prompt in
        try Self.value(after, .clipScore, row: prompt.row, ratio: 0.5, seed: 1)
          - Self.value(before, .clipScore, row: prompt.row, ratio: 0.5, seed: 1)
      }
      #expect(abs(half.difference.value - differences.reduce(0, +) / 8) < 1e-12)
      #expect(half.verdict == .worse)
      #expect(pairing.notes.contains { $0.kind == .matched && $0.text.hasPrefix("16 pictures matched") })
      // 3 × 10 × 2 and 4 × 8 × 2 pictures, 16 of them matched.
      #expect(
        pairing.notes.filter(\.isWarning).map { $0.text.prefix(24) } == [
          "UNMATCHED: 44 pictures o", "UNMATCHED: 48 pictures o",
        ])
      #expect(comparison.table(hasColors: false).contains("UNMATCHED: 44"))
    }
  }

  @Test func `of runs that share a further CLIP checkpoint alone are about that one, and so are their gates`()
    throws
  {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.clips = ["own", "shared"]
      let after = try run.make(in: folder.appendingPathComponent("after"))
      run.clips = ["shared"]
      let before = try run.make(in: folder.appendingPathComponent("before"))
      let comparison = Comparison(Pairing(after, against: before))
      #expect(comparison.measure?.key == "clip_score@shared")
      #expect(comparison.rows.allSatisfy { $0.difference != nil })
      let gate = try Gate("clip_score.delta < -100")
      #expect(Conclusion(comparison, gates: [gate]).checks.map(\.outcome) == [.passed])
    }
  }

  @Test func `of runs that were sampled or scored differently say so`() throws {
    try withTemporaryFolder { folder in
      let contents = try Self.small().make(in: folder)
      var changed = Self.small()
      changed.guidanceScale = 5
      let other = try changed.make(in: folder.appendingPathComponent("other"))
      let pairing = Pairing(contents, against: other)
      #expect(Comparison(pairing).rows.count == 4)
      #expect(pairing.notes.map(\.kind) == [.matched, .differing])
      #expect(pairing.notes[0].text == "64 pictures matched by prompt, seed and variant")
      #expect(
        pairing.notes[1].text == "the runs differ in: guidance_scale 4 / 5" && pairing.notes[1].isWarning)
      var rescored = contents
      rescored.rescore(.clip)
      let clip = Comparison(Pairing(contents, against: rescored))
      #expect(clip.rows.count == 4 && clip.rows.allSatisfy { $0.difference == nil })
      let pixels = Comparison(
        Pairing(contents, against: rescored), measure: contents.measure(.rmse))
      #expect(
        pixels.rows.filter { $0.variant.ratio > 0 }.allSatisfy { $0.difference?.verdict == .equivalent })
    }
  }

  @Test func `of runs match recipes, whatever model they are for`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.variations = [.init(steps: 10), .init(merging: MergingOptions(ratio: 0.5, sx: 4))]
      let before = try run.make(in: folder.appendingPathComponent("before"))
      run.model = "another"
      run.variations = [.init(merging: MergingOptions(ratio: 0.5, sy: 4)), .init(steps: 10)]
      let pairing = Pairing(try run.make(in: folder.appendingPathComponent("after")), against: before)
      #expect(
        pairing.entries.map(\.variant.label) == ["0", "0.3", "0.5", "0.7", "0 steps 10"])
      #expect(pairing.entries.allSatisfy { $0.variant.label == $0.reference?.label })
      #expect(
        pairing.notes.filter(\.isWarning).map(\.kind) == [.differing, .unmatched, .unmatched])
      #expect(
        pairing.notes[1].text
          == "the runs differ in: model demo checkpoint (another) / demo checkpoint (5f0c2ab9)")
    }
  }

  @Test func `of runs with different LPIPS weights do not compare LPIPS`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      run.lpips = "alex"
      let contents = try run.make(in: folder)
      let same = Comparison(
        Pairing(contents, against: contents), measure: contents.measure(.lpips))
      #expect(same.rows.filter { $0.variant.ratio > 0 }.allSatisfy { $0.difference?.verdict == .equivalent })
      var rescored = contents
      rescored.rescore(.lpips)
      let pairing = Pairing(contents, against: rescored)
      #expect(pairing.notes.contains { $0.kind == .scorers && $0.text.contains("different LPIPS weights") })
      let lpips = Comparison(pairing, measure: contents.measure(.lpips))
      #expect(lpips.rows.count == 4 && lpips.rows.allSatisfy { $0.difference == nil })
      #expect(Comparison(pairing).rows[1].difference?.verdict == .equivalent)
    }
  }

  @Test func `show LPIPS in the table of a run that has it, and in no other`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      #expect(!Comparison(try run.make(in: folder)).table(hasColors: false).contains("LPIPS"))
      run.lpips = "alex"
      let with = Comparison(try run.make(in: folder.appendingPathComponent("with")))
      #expect(with.table(hasColors: false).contains("LPIPS"))
    }
  }

  @Test func `groups of prompts partition the run, each with its own verdict`() throws {
    try withTemporaryFolder { folder in
      var run = SyntheticRun()
      run.size = 16
      let contents = try run.make(in: folder)
      let comparison = Comparison(contents)
      for dimension in PromptDimension.allCases {
        let groups = comparison.grouped(by: dimension)
        #expect(groups.reduce(0) { $0 + $1.comparison.promptCount } == contents.prompts.count)
        let sum = groups.reduce(0.0) { sum, group in
          sum + Double(group.comparison.promptCount)
            * (group.comparison.rows[1].difference?.difference.value ?? 0)
        }
        let whole = try #require(comparison.rows[1].difference?.difference.value)
        #expect(abs(sum / Double(contents.prompts.count) - whole) < 1e-9)
        #expect(groups.allSatisfy { abs(($0.comparison.margin ?? 0) - (comparison.margin ?? 1)) < 1e-12 })
      }
      #expect(
        comparison.grouped(by: .length).map(\.name) == [
          "1-4 words", "5-8 words", "9-16 words", "17 words or more",
        ])
      let text = ComparisonReport(comparison, by: .challenge).text(.table)
      #expect(text.contains("challenge Basic, 10 prompts: too few prompts (10 of 20)"))
    }
  }

  @Test func `margins are shares of the spread between the reference's seeds`() throws {
    try withTemporaryFolder { folder in
      var run = Self.small()
      let contents = try run.make(in: folder.appendingPathComponent("two"))
      let pairing = Pairing(baselineOf: contents)
      // Of two seeds, half the square of their difference.
      let squares = try contents.prompts.map { prompt in
        let values = try [0, 1].map {
          try Self.value(contents, .clipScore, row: prompt.row, ratio: 0, seed: $0)
        }
        return (values[0] - values[1]) * (values[0] - values[1]) / 2
      }
      let spread = (squares.reduce(0, +) / 8).squareRoot()
      let comparison = Comparison(pairing, margin: .shareOfSeedSpread(0.5))
      #expect(abs(try #require(comparison.margin) - 0.5 * spread) < 1e-12)
      #expect(
        comparison.table(hasColors: false).contains("(0.5 of the standard deviation between seeds)"))
      try pairing.requireMeaning(of: .shareOfSeedSpread(0.5), by: nil)
      run.seeds = [0]
      let single = Pairing(baselineOf: try run.make(in: folder.appendingPathComponent("one")))
      #expect(throws: ComparisonError.noSeedSpread(run: "synthetic")) {
        try single.requireMeaning(of: .shareOfSeedSpread(0.5), by: nil)
      }
      try single.requireMeaning(of: .standard, by: nil)
      #expect(Comparison(single, margin: .shareOfSeedSpread(0.5)).margin == nil)
    }
  }

  @Test func `distances count as shares of a seed change`() throws {
    try withTemporaryFolder { folder in
      var contents = try Self.small().make(in: folder)
      #expect(Comparison(contents).rows[0].seedShare == nil)
      let rmse = try #require(contents.measure(.rmse))
      contents.seedNoise = contents.prompts.map {
        SeedNoiseRecord(
          promptID: $0.id, seedA: 0, seedB: 1, metric: .rmse, scorerID: rmse.scorer.id, value: 50,
          picture: "", reference: "")
      }
      let comparison = Comparison(contents)
      #expect(comparison.rulerMeasure == rmse)
      let row = comparison.rows[2]
      let share = try #require(row.seedShare)
      let distance = try #require(row.means[rmse])
      #expect(abs(share.value - distance / 50) < 1e-12)
      #expect(try #require(share.interval).contains(share.value))
      #expect(comparison.table(hasColors: false).contains("of a seed change (RMSE)"))
    }
  }
}

extension RunContents {
  /// The same scores by other weights.
  fileprivate mutating func rescore(_ kind: Metric.Scorer) {
    for index in scorers.indices where scorers[index].kind == kind { scorers[index].fingerprint = "another" }
  }
}
