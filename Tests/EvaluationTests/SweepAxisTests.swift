@testable import Evaluation
import Foundation
import Pictures
import ResultStore
import Testing
import TokenMerging

@Suite struct SweepAxisTests {
  func plan(_ axes: [String], ratios: [Double] = [0, 0.5]) throws -> SweepPlan {
    try EvaluationTests.plan(sampling: sampling(steps: 20), axes: axes, ratios: ratios)
  }

  @Test func `ratios and axes are multiplied, and without merging only the steps count`() throws {
    let plan = try plan(["max-downsample=1,2", "steps=10,20"], ratios: [0, 0.3, 0.5])
    #expect(
      plan.variants.map(\.label) == [
        "0", "0.3", "0.5", "0.3 max_downsample 2", "0.5 max_downsample 2", "0 steps 10", "0.3 steps 10",
        "0.5 steps 10", "0.3 max_downsample 2 steps 10", "0.5 max_downsample 2 steps 10",
      ])
    #expect(plan.variants.map(\.isBaseline) == [true] + Array(repeating: false, count: 9))
    #expect(plan.sampling.steps == 20)
    #expect(plan.sampleCount == 2 * 10)
    #expect(plan.variants.filter { $0.ratio == 0 }.allSatisfy { $0.recipe.merging == nil })
  }

  @Test func `the baseline is added alone, at the most steps that an axis asks for`() throws {
    let plan = try plan(["steps=5,8"], ratios: [0.5])
    #expect(plan.sampling.steps == 8)
    #expect(plan.variants.map(\.label) == ["0", "0.5", "0.5 steps 5"])
    #expect(plan.notices.count == 1 && plan.notices[0].hasPrefix("ratio 0 was added"))
  }

  @Test func `clip skip is varied like a scheduler, the first is the baseline's`() throws {
    let plan = try plan(["clip-skip=1,0,2"])
    #expect(
      plan.variants.map(\.label) == [
        "0", "0.5", "0 clip_skip 0", "0.5 clip_skip 0", "0 clip_skip 2", "0.5 clip_skip 2",
      ])
    #expect(plan.sampling.clipSkip == 1 && plan.variants[2].recipe.sampling.clipSkip == nil)
    #expect(plan.variants.map(\.isSampledLikeBaseline) == [true, true, false, false, false, false])
    #expect(throws: EvaluationError.badAxisValue(.clipSkip, value: "-1")) { try SweepAxis("clip-skip=-1") }
  }

  @Test func `the ratio of a second pass is varied with every ratio of the first`() throws {
    var settled = sampling(steps: 20)
    settled.hires = HiresPass(scale: 2, width: 128, height: 128, strength: 0.5, upscaler: .latent)
    let plan = try EvaluationTests.plan(
      sampling: settled, axes: ["hires-ratio=same,0,0.5"], ratios: [0, 0.5])
    #expect(plan.variants.map(\.label) == ["0", "0.5", "0.5 hires 0", "0 hires 0.5"])
    #expect(plan.variants.map(\.isMerged) == [false, true, true, true])
    #expect(plan.variants.map(\.isBaseline) == [true, false, false, false])
    #expect(plan.variants.map { $0.recipe.hiresMerging?.ratio } == [nil, 0.5, nil, 0.5])
    #expect(plan.variants.map { $0.recipe.hiresRatio } == [0, 0.5, 0, 0.5])
    #expect(plan.variants.last?.fileLabel == "0-hires-0.5")
    #expect(plan.variants.allSatisfy { $0.isCalled($0.label) && $0.isSampledLikeBaseline })
    #expect(!plan.variants[1].mergesLike(plan.variants[2]))
    #expect(plan.notices == [] && plan.variants.map(\.effectiveRatio) == [0, 0.5, 0.5, 0.5])
    let same = try EvaluationTests.plan(sampling: settled, axes: [], ratios: [0, 0.5])
    #expect(same.variants.map(\.label) == ["0", "0.5"])
    #expect(same.variants.map { $0.recipe.hiresMerging?.ratio } == [nil, 0.5])
    #expect(throws: EvaluationError.hiresRatioWithoutPass) { try self.plan(["hires-ratio=0,0.5"]) }
    for value in ["1.1", "-0.1", "half"] {
      #expect(throws: EvaluationError.badAxisValue(.hiresRatio, value: value)) {
        try SweepAxis("hires-ratio=\(value)")
      }
    }
  }

  @Test func `a second pass of so few steps that nothing is left of the first is told of`() throws {
    func notices(_ steps: Int, _ strength: Double) throws -> [String] {
      var settled = sampling(steps: 20)
      settled.hires = HiresPass(
        scale: 2, width: 128, height: 128, steps: steps, strength: strength, upscaler: .latent)
      return try EvaluationTests.plan(sampling: settled, axes: [], ratios: [0, 0.5]).notices
    }
    #expect(
      try notices(2, 0.7).map { $0.hasPrefix("a second pass of 2 steps with a strength of 0.7") } == [true])
    #expect(try notices(3, 0.7) == [] && notices(2, 0.5) == [] && notices(2, 1) == [])
  }

  @Test func `merging rules fix their options, and equal ones count once`() throws {
    let plan = try plan(["merge-variant=tomesd,webui,comfyui", "sx=2,4", "no-rand=no,yes"])
    #expect(
      plan.variants.map(\.label) == [
        "0", "0.5", "0.5 no_rand", "0.5 sx 4", "0.5 sx 4 no_rand", "0.5 webui", "0.5 webui sx 4",
        "0.5 comfyui",
      ])
    #expect(plan.variants.last?.recipe.merging == MergingOptions(ratio: 0.5, variant: .comfyui))
    #expect(plan.notices.count == 1 && plan.notices[0].hasPrefix("comfyui merges"))
  }

  @Test func `Token Downsampling takes factors, and every rule a part of the steps`() throws {
    let axes = ["merge-variant=tomesd,todo", "merge-steps=0-100%,0-60%"]
    let plan = try EvaluationTests.plan(
      sampling: sampling(steps: 20), axes: axes, ratios: [0, 0.5], factors: [2])
    #expect(
      plan.variants.map(\.label) == [
        "0", "0.5", "0.5 merge_steps 0-60%", "0.75 todo", "0.75 todo merge_steps 0-60%",
      ])
    #expect(plan.variants.map(\.effectiveRatio) == [0, 0.5, 0.5, 0.75, 0.75] && plan.notices == [])
    #expect(plan.variants.last?.fileLabel == "0.75-todo-merge_steps-0-60")
    #expect(plan.variants.allSatisfy { $0.isCalled($0.label) })
    let ratios = try self.plan(["merge-variant=todo"], ratios: [0, 0.5])
    // 22 of 32 rows and columns.
    #expect(ratios.variants.map(\.effectiveRatio) == [0, 1 - 22.0 * 22 / 1024] && ratios.notices == [])
    let none = try EvaluationTests.plan(
      sampling: sampling(steps: 4), axes: ["merge-steps=0-10%"], ratios: [0, 0.5])
    #expect(none.notices == ["ratio 0.5 merge_steps 0-10% merges nothing: none of the 4 steps lies in 0-10%"])
    let overruled = try self.plan(["merge-variant=todo", "sx=3"])
    #expect(overruled.notices.count == 1 && overruled.notices[0].hasPrefix("todo thins"))
    #expect(throws: EvaluationError.factorWithoutToDo) { try EvaluationTests.plan(factors: [2]) }
    #expect(throws: EvaluationError.factorOutOfRange(0.5)) {
      try EvaluationTests.plan(axes: ["merge-variant=todo"], factors: [0.5])
    }
  }

  @Test func `every axis sets its option, and labels stay unique`() throws {
    let plan = try plan([
      "merge-variant=tomesd,webui", "sx=2,3", "sy=2,3", "max-downsample=1,8", "merge-attn=yes,no",
      "merge-crossattn=no,true", "merge-mlp=false,yes", "steps=3,4",
    ])
    #expect(plan.variants.count == 2 + 256)
    #expect(Set(plan.variants.map(\.label)).count == 258)
    #expect(Set(plan.variants.map(\.fileLabel)).count == 258)
    #expect(
      plan.variants.contains {
        $0.label == "0.5 webui sx 3 sy 3 max_downsample 8 no_merge_attn merge_crossattn merge_mlp steps 3"
      })
  }

  @Test func `what cannot be varied, and values that are none, are refused`() {
    #expect(throws: EvaluationError.unknownAxis("ratio")) { try SweepAxis("ratio=0.5") }
    for (text, axis, value) in [
      ("steps=10,0", SweepAxis.Name.steps, "0"), ("max-downsample=3", .maxDownsample, "3"), ("sx", .sx, ""),
      ("merge-variant=tomesd,forge", .mergeVariant, "forge"), ("no-rand=maybe", .noRand, "maybe"),
      ("sy=2,", .sy, ""),
    ] {
      #expect(throws: EvaluationError.badAxisValue(axis, value: value)) { try SweepAxis(text) }
    }
    #expect(throws: EvaluationError.repeatedAxis(.sx)) { try plan(["sx=2", "sx=3"]) }
    #expect(EvaluationError.unknownAxis("x").description.contains("merge-variant, sx, sy, max-downsample"))
    #expect(EvaluationError.badAxisValue(.mergeVariant, value: "x").description.contains("webui, comfyui"))
  }

  @Test func `schedulers are varied by our names and the web UI's, the first one makes the baseline`() throws
  {
    let plan = try plan(["scheduler=euler,DPM++ 2M Karras,ddim"])
    #expect(plan.sampling.scheduler == "euler" && plan.variants[0].recipe.sampling.scheduler == "euler")
    #expect(
      plan.variants.map(\.label) == [
        "0", "0.5", "0 ddim", "0.5 ddim", "0 dpmsolver++-karras", "0.5 dpmsolver++-karras",
      ])
    #expect(plan.variants.map(\.isBaseline) == [true] + Array(repeating: false, count: 5))
    #expect(plan.variants.map(\.isSampledLikeBaseline) == [true, true, false, false, false, false])
    #expect(plan.variants.allSatisfy { $0.isCalled($0.label) })
    for (value, part) in [
      ("magic", "no scheduler is called 'magic'; there are ddim"), ("eulr", "; did you mean 'euler'?"),
      ("euler,DPM++ 3M SDE", "web UI's sampler DPM++ 3M SDE"),
      ("ddim-karras", "ddim has its own noise levels"), ("", "''"),
    ] {
      let error = try #require(throws: EvaluationError.self) { try SweepAxis("scheduler=\(value)") }
      #expect(error.description.contains(part), "\(error)")
    }
  }

  @Test func `axes make another run, plain sweeps stay the run they were`() throws {
    func key(_ axes: [String]) throws -> String { try plan(axes).run(created: .now).key }
    let plain = try key([])
    #expect(try key(["merge-variant=tomesd", "sx=2"]) == plain)
    let others = try [
      key(["merge-variant=webui"]), key(["steps=10,20"]), key(["steps=5,20"]), key(["sx=2,4"]),
    ]
    #expect(Set(others + [plain]).count == 5)
  }
}
