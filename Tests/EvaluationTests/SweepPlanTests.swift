import Evaluation
import Foundation
import PromptSets
import ResultStore
import Testing
import TokenMerging

let twoPrompts = PromptSet(
  name: "two", prompts: [Prompt(row: 1, text: "a red cube"), Prompt(row: 7, text: "an owl, \"big\"")])

func settings(
  ratios: [Double] = [0, 0.5], seeds: [Int] = [0], steps: Int = 2, guidanceScale: Double = 4
) -> RunSettings {
  RunSettings(
    steps: steps, guidanceScale: guidanceScale, width: 128, height: 128, scheduler: "ddim", seeds: seeds,
    ratios: ratios, promptSet: "two")
}

func plan(_ settings: RunSettings, _ merging: MergingOptions = MergingOptions()) throws -> SweepPlan {
  try SweepPlan(promptSet: twoPrompts, settings: settings, merging: merging, latentSize: (32, 32))
}

@Suite struct SweepPlanTests {
  @Test func `ratio 0 is added and said, ratios rise, and repeated ones count once`() throws {
    let plan = try plan(settings(ratios: [0.5, 0.3, 0.5], seeds: [3, 0, 3]))
    #expect(plan.variants.map(\.ratio) == [0, 0.3, 0.5])
    #expect(plan.variants.map(\.isBaseline) == [true, false, false])
    #expect(plan.settings.ratios == [0, 0.3, 0.5])
    #expect(plan.settings.seeds == [3, 0])
    #expect(plan.sampleCount == 2 * 3 * 2)
    #expect(plan.notices.count == 1 && plan.notices[0].hasPrefix("ratio 0 was added"))
    #expect(try self.plan([0, 0.3]).notices == [])
  }

  private func plan(_ ratios: [Double], _ merging: MergingOptions = MergingOptions()) throws -> SweepPlan {
    try EvaluationTests.plan(settings(ratios: ratios), merging)
  }

  private func plan(_ settings: RunSettings) throws -> SweepPlan {
    try EvaluationTests.plan(settings)
  }

  @Test func `the baseline is made with no merging at all`() throws {
    let variants = try plan([0, 0.5]).variants
    #expect(variants[0].merging == nil)
    #expect(variants[1].merging == MergingOptions(ratio: 0.5))
    #expect(variants[0].effectiveRatio == 0)
    #expect(variants[1].effectiveRatio == 0.5)
  }

  @Test func `a ratio above the cap is said, and so is one that merges nothing`() throws {
    let capped = try plan([0, 0.75, 0.9])
    #expect(capped.variants.map(\.effectiveRatio) == [0, 0.75, 0.75])
    #expect(capped.notices.count == 1 && capped.notices[0].hasPrefix("ratio 0.9 acts as 0.75"))
    let tiny = try plan([0, 0.0001])
    #expect(tiny.notices.count == 1 && tiny.notices[0].hasPrefix("ratio 0.0001 merges nothing"))
    let cells = try plan([0, 0.5], MergingOptions(sx: 1, sy: 1))
    #expect(cells.notices.count == 1 && cells.notices[0].contains("merges nothing"))
    let off = try plan([0, 0.5], MergingOptions(mergeAttn: false))
    #expect(off.notices.count == 1 && off.notices[0].contains("merging is off"))
  }

  @Test(arguments: [-0.1, 1.1, .nan, .infinity]) func `a ratio outside 0 to 1 is refused`(ratio: Double) {
    #expect { try plan([0, ratio]) } throws: { error in
      if case .ratioOutOfRange? = error as? EvaluationError { true } else { false }
    }
  }

  @Test func `nothing to make is refused`() {
    #expect(throws: EvaluationError.noRatios) { try plan([]) }
    #expect(throws: EvaluationError.noSeeds) { try plan(settings(seeds: [])) }
    #expect(throws: EvaluationError.seedOutOfRange(-1)) { try plan(settings(seeds: [0, -1])) }
    #expect(throws: EvaluationError.noPrompts) {
      try SweepPlan(
        promptSet: PromptSet(name: "none", prompts: []), settings: settings(), merging: MergingOptions(),
        latentSize: (32, 32))
    }
    #expect { try plan([0, 0.5], MergingOptions(sx: 0)) } throws: { error in
      if case .badMerging? = error as? EvaluationError { true } else { false }
    }
  }

  @Test func `the same plan is the same run, another one is not`() throws {
    func key(_ settings: RunSettings, clip: String? = "c", model: String = "m") throws -> String {
      try plan(settings).run(
        model: ModelIdentity(name: "demo", fingerprint: model),
        clip: clip.map { ModelIdentity(name: "clip", fingerprint: $0) }, commandLine: "x", toolVersion: "1",
        created: .now
      ).key
    }
    let first = try key(settings())
    #expect(try key(settings()) == first)
    #expect(try key(settings(ratios: [0.5])) == first)
    let others = try [
      key(settings(ratios: [0, 0.3])), key(settings(seeds: [1])), key(settings(steps: 3)),
      key(settings(guidanceScale: 5)), key(settings(), clip: nil), key(settings(), model: "n"),
    ]
    #expect(Set(others + [first]).count == 7)
  }
}
