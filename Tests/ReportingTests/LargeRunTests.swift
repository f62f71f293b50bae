import Comparisons
import Foundation
import Metrics
import PictureFiles
import Pictures
import ResultStore
import Statistics
import SyntheticRuns
import Testing
import TokenMerging

@testable import Reporting

@Suite struct `A run of all Parti Prompts` {
  /// 1632 prompts × 6 ratios, as the store would give them.
  private static func contents() -> RunContents {
    let sampling = Sampling(
      steps: 20, guidanceScale: 7.5, width: 512, height: 512, scheduler: "pndm")
    let run = RunRecord(
      key: "large", name: "large", created: Date(timeIntervalSince1970: 0),
      model: ModelIdentity(name: "large", fingerprint: "0"), sampling: sampling, promptSet: "full")
    var execution = SyntheticRun.execution()
    execution.id = 1
    var clip = ScorerRecord(kind: .clip, name: "clip", fingerprint: "c")
    clip.id = 1
    let variants = [0, 0.1, 0.2, 0.3, 0.4, 0.5].enumerated().map { index, ratio in
      VariantRecord(
        id: Int64(index + 1),
        recipe: PictureRecipe(
          model: ModelReference(fingerprint: "0"), sampling: sampling,
          merging: ratio == 0 ? nil : MergingOptions(ratio: ratio)), baseline: sampling, effectiveRatio: ratio
      )
    }
    var random = SplitMix64(seed: 3)
    var samples: [SampleRecord] = []
    var scores: [ScoreRecord] = []
    let prompts = (1...1632).map {
      PromptRecord(id: Int64($0), row: $0, text: "prompt \($0)", challenge: "challenge \($0 % 11)")
    }
    for prompt in prompts {
      let level = Double.random(in: 25...35, using: &random)
      for variant in variants {
        let id = Int64(samples.count + 1)
        var sample = SampleRecord(
          id: id, promptID: prompt.id, variantID: variant.id, seed: 0, state: .done, contentKey: "\(id)")
        (sample.seconds, sample.executionID) = (10 - 5 * variant.ratio, execution.id)
        samples.append(sample)
        let change = variant.ratio == 0 ? 0 : Double.random(in: -1...1, using: &random) - variant.ratio
        scores.append(
          ScoreRecord(sampleID: id, metric: .clipScore, scorerID: 1, value: level + change, picture: ""))
      }
    }
    return RunContents(
      run: run, executions: [execution], prompts: prompts, variants: variants, samples: samples,
      scorers: [clip],
      scores: scores)
  }

  @Test func `is compared whole and by challenge, with a recommendation for each`() {
    let report = ComparisonReport(Comparison(Self.contents()), by: .challenge)
    #expect(report.groups.count == 11)
    #expect(report.groups.allSatisfy { $0.comparison.recommendation != nil && $0.comparison.sureness != nil })
    // At 0.1 the score falls by 0.1 of a margin of 0.3; at 0.5 by 0.5.
    let ratio = report.comparison.recommendedRatio
    #expect(ratio == 0.1 || ratio == 0.2)
    #expect(report.comparison.rows[4].difference?.verdict == .worse)
    #expect(report.text(.table).contains("of 1000 resamples of the prompts say the same"))
    #expect(ComparisonReport(report.comparison).text(.table).contains("by challenge: challenge 0 up to"))
  }

  @Test(.timeLimit(.minutes(10))) func `makes a page with every picture, of a size that browsers take`()
    throws
  {
    let contents = Self.contents()
    let files = contents.samples.map { sample in
      let name = String(format: "%04d-s0-r0.5-%08x.png", Int(sample.promptID), Int(sample.id))
      let isBaseline = sample.variantID == 1
      return (
        sample.id,
        PictureFiles(
          picture: "images/\(name)", thumbnail: "thumbnails/\(name)",
          difference: isBaseline ? nil : "differences/\(name)")
      )
    }
    let gallery = Gallery(files: Dictionary(uniqueKeysWithValues: files))
    let html = try ContactSheet(contents, Comparison(contents), gallery).html()
    #expect(html.matches(of: /<li class="row"/).count == 1632)
    #expect(html.matches(of: /<img src="thumbnails/).count == 1632 * 6)
    #expect(html.utf8.count < 16_000_000)
    // So many dots are one shape per ratio.
    #expect(html.matches(of: /<path class="cloud" d="M/).count == 5)
    #expect(!html.contains("<a href=\"#p="))
  }
}
