@testable import Evaluation
import Foundation
import Pictures
import PromptSets
import ResultStore
import Testing
import TokenMerging

let twoPrompts = PromptSet(
  name: "two", prompts: [Prompt(row: 1, text: "a red cube"), Prompt(row: 7, text: "an owl, \"big\"")])

let testModel = ModelIdentity(name: "demo", fingerprint: "m")

func sampling(steps: Int = 2, guidanceScale: Double = 4) -> Sampling {
  Sampling(steps: steps, guidanceScale: guidanceScale, width: 128, height: 128, scheduler: "ddim")
}

/// A plan for a model whose transformer blocks are at the latents' own resolution.
func plan(
  _ promptSet: PromptSet = twoPrompts, model: ModelIdentity = testModel, sampling: Sampling = sampling(),
  merging: MergingOptions = MergingOptions(), axes: [String] = [], ratios: [Double] = [0, 0.5],
  factors: [Double] = [], seeds: [Seed] = [0]
) throws -> SweepPlan {
  try SweepPlan(
    promptSet: promptSet, model: model, sampling: sampling, merging: merging,
    axes: axes.map { try SweepAxis($0) }, ratios: ratios, factors: factors, seeds: seeds
  ) { _ in [TokenGrid(width: 32, height: 32, downsample: 1, blocks: 2)] }
}

@Suite struct SweepPlanTests {
  @Test func `ratio 0 is added and said, ratios rise, and repeated ones count once`() throws {
    let plan = try plan(ratios: [0.5, 0.3, 0.5], seeds: [3, 0, 3])
    #expect(plan.variants.map(\.ratio) == [0, 0.3, 0.5])
    #expect(plan.variants.map(\.isBaseline) == [true, false, false])
    #expect(plan.seeds == [3, 0])
    #expect(plan.sampleCount == 2 * 3 * 2)
    #expect(plan.notices.count == 1 && plan.notices[0].hasPrefix("ratio 0 was added"))
    #expect(try EvaluationTests.plan(ratios: [0, 0.3]).notices == [])
  }

  @Test func `the baseline is made with no merging at all`() throws {
    let variants = try plan().variants
    #expect(variants[0].recipe.merging == nil)
    #expect(variants[1].recipe.merging == MergingOptions(ratio: 0.5))
    #expect(variants.allSatisfy { $0.recipe.sampling == sampling() && $0.steps == nil })
    #expect(variants[0].effectiveRatio == 0)
    #expect(variants[1].effectiveRatio == 0.5)
  }

  @Test func `a ratio above the cap is said, and so is one that merges nothing`() throws {
    let capped = try plan(ratios: [0, 0.75, 0.9])
    #expect(capped.variants.map(\.effectiveRatio) == [0, 0.75, 0.75])
    #expect(capped.notices.count == 1 && capped.notices[0].hasPrefix("ratio 0.9 acts as 0.75"))
    let tiny = try plan(ratios: [0, 0.0001])
    #expect(tiny.notices.count == 1 && tiny.notices[0].hasPrefix("ratio 0.0001 merges nothing"))
    let cells = try plan(merging: MergingOptions(sx: 1, sy: 1))
    #expect(cells.notices.count == 1 && cells.notices[0].contains("merges nothing"))
    let off = try plan(merging: MergingOptions(mergeAttn: false))
    #expect(off.notices.count == 1 && off.notices[0].contains("merging is off"))
  }

  @Test(arguments: [-0.1, 1.1, .nan, .infinity]) func `a ratio outside 0 to 1 is refused`(ratio: Double) {
    #expect { try plan(ratios: [0, ratio]) } throws: { error in
      if case .ratioOutOfRange? = error as? EvaluationError { true } else { false }
    }
  }

  @Test func `nothing to make is refused`() {
    #expect(throws: EvaluationError.noRatios) { try plan(ratios: []) }
    #expect(throws: EvaluationError.noSeeds) { try plan(seeds: []) }
    #expect(throws: EvaluationError.noPrompts) {
      try plan(PromptSet(name: "none", prompts: []))
    }
    #expect { try plan(merging: MergingOptions(sx: 0)) } throws: { error in
      if case .badMerging? = error as? EvaluationError { true } else { false }
    }
  }

  @Test func `what a ratio really merges is the model's business`() throws {
    func variants(_ grids: [TokenGrid], maxDownsample: Int = 1) throws -> SweepPlan {
      try SweepPlan(
        promptSet: twoPrompts, model: testModel, sampling: sampling(),
        merging: MergingOptions(maxDownsample: maxDownsample), ratios: [0, 0.5], seeds: [0]
      ) { _ in grids }
    }
    // As in SDXL, nothing attends where the latents are.
    let deep = [TokenGrid(width: 8, height: 8, downsample: 2, blocks: 4)]
    let nothing = try variants(deep)
    #expect(nothing.variants.map(\.effectiveRatio) == [0, 0])
    #expect(
      nothing.notices == [
        "ratio 0.5 merges nothing at this size, with cells of 2x2 and a max_downsample of 1: this model attends "
          + "to no more than every second latent; a max_downsample of 2 merges"
      ])
    let merging = try variants(deep, maxDownsample: 2)
    #expect(merging.variants.map(\.effectiveRatio) == [0, 0.5] && merging.notices == [])
    // Nothing helps where no cell is whole.
    let thin = try variants([TokenGrid(width: 8, height: 1, downsample: 1, blocks: 1)])
    #expect(thin.notices.count == 1 && thin.notices[0].hasSuffix("a max_downsample of 1"))
  }

  @Test func `a rule with a fixed resolution is not told to change it`() throws {
    let plan = try SweepPlan(
      promptSet: twoPrompts, model: testModel, sampling: sampling(),
      merging: MergingOptions(variant: .comfyui), ratios: [0, 0.5], seeds: [0]
    ) { _ in [TokenGrid(width: 8, height: 8, downsample: 2, blocks: 4)] }
    #expect(plan.notices.count == 1)
    #expect(plan.notices[0].hasSuffix("this model attends to no more than every second latent"))
  }

  @Test(arguments: [
    (MergeVariant.tomesd, true, 1), (.tomesd, false, 0), (.webui, true, 0), (.comfyui, true, 0),
  ])
  func `that nothing is drawn for a batch of one is said once`(
    variant: MergeVariant, useRand: Bool, notices: Int
  ) throws {
    func plan(guidanceScale: Double) throws -> [String] {
      try EvaluationTests.plan(
        sampling: sampling(guidanceScale: guidanceScale),
        merging: MergingOptions(useRand: useRand, variant: variant), ratios: [0, 0.3, 0.5]
      ).notices.filter { $0.contains("batch of one") }
    }
    #expect(try plan(guidanceScale: 0).count == notices)
    #expect(try plan(guidanceScale: 4).isEmpty)
  }

  @Test func `the same plan is the same run, another one is not, and its file's path is no part of it`()
    throws
  {
    func key(_ plan: SweepPlan) -> String { plan.run(created: .now).key }
    let first = try key(plan())
    #expect(try key(plan()) == first)
    #expect(try key(plan(ratios: [0.5])) == first)
    #expect(try key(plan(PromptSet(name: "elsewhere/two.txt", prompts: twoPrompts.prompts))) == first)
    let others = try [
      key(plan(ratios: [0, 0.3])), key(plan(seeds: [1])), key(plan(sampling: sampling(steps: 3))),
      key(plan(sampling: sampling(guidanceScale: 5))),
      key(plan(model: ModelIdentity(name: "demo", fingerprint: "n"))),
      key(plan(PromptSet(name: "two", prompts: twoPrompts.prompts.reversed()))),
    ]
    #expect(Set(others + [first]).count == others.count + 1)
  }
}
