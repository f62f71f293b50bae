import Foundation
import Pictures
import ReferenceFixtures
import Testing
import TokenMerging

@testable import Importing

@Suite struct ImportPlanTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func reasons(_ plan: ImportPlan) -> [String] { plan.problems.map(\.reason).sorted() }

  @Test func `a folder of the web UI's pictures is one run of webui's merging`() throws {
    for (index, seed) in [1, 2].enumerated() {
      for (place, ratio) in [nil, 0.3, 0.5].enumerated() {
        try Made.png(
          "2026-01-0\(index + 1)/\(place)-\(seed).png", in: folder.url, shade: index * 10 + place,
          text: [Made.infotext("a corgi, (fluffy:1.2)", negative: "blurry,\nugly", seed: seed, ratio: ratio)])
      }
    }
    let plan = try ImportPlan(folder.url)
    #expect(plan.problems.isEmpty)
    let run = try #require(plan.runs.first)
    #expect(plan.runs.count == 1 && run.pictures.count == 6)
    #expect(run.model.name == "v1-5-pruned-emaonly" && run.model.fingerprint == "hash 6ce0161689")
    #expect(run.engine == EngineIdentity(name: "webui", version: "v1.10.1"))
    #expect(run.prompts.map(\.text) == ["a corgi, (fluffy:1.2)"])
    let sampling = run.sampling
    #expect(sampling.steps == 20 && sampling.guidanceScale == 7 && sampling.scheduler == "euler-ancestral")
    #expect(sampling.negativePrompt == "blurry,\nugly" && sampling.precision == .unknown)
    let mergings = run.counts.map(\.recipe.merging)
    #expect(mergings[0] == nil && mergings[1]?.ratio == 0.3 && mergings[2]?.ratio == 0.5)
    #expect(mergings[1]?.variant == .webui && mergings[1]?.useRand == false)
  }

  @Test func `a merged picture without its partner is left out, and what differs from the nearest is said`()
    throws
  {
    try Made.png("a.png", in: folder.url, shade: 1, text: [Made.infotext("a cube", seed: 1)])
    try Made.png("b.png", in: folder.url, shade: 2, text: [Made.infotext("a cube", seed: 1, ratio: 0.5)])
    try Made.png(
      "c.png", in: folder.url, shade: 3, text: [Made.infotext("a cube", seed: 1, ratio: 0.5, steps: 30)])
    try Made.png("d.png", in: folder.url, shade: 4, text: [Made.infotext("a cone", seed: 1, ratio: 0.5)])
    try Made.png(
      "e.png", in: folder.url, shade: 5,
      text: [Made.infotext("a cube", seed: 1, ratio: 0.5, further: ", Clip skip: 2")])
    try Made.png(
      "g.png", in: folder.url, shade: 7,
      text: [Made.infotext("a cube", seed: 1, ratio: 0.5, further: ", ENSD: 31337")])
    try Made.png("f.png", in: folder.url, shade: 6, text: [Made.infotext("a ball", seed: 9)])
    let plan = try ImportPlan(folder.url)
    #expect(plan.runs.map { $0.pictures.map(\.file.url.lastPathComponent) } == [["a.png", "b.png"]])
    let nearest = folder.url.appendingPathComponent("a.png").path
    let reasons = reasons(plan)
    #expect(reasons.count == 5)
    #expect(reasons.contains("no unmerged partner; the nearest, \(nearest), differs in steps (30, 20)"))
    #expect(reasons.contains("no unmerged picture of its prompt"))
    #expect(reasons.contains { $0.contains("differs in clip_skip (1, none)") })
    #expect(reasons.contains { $0.contains("differs in model") && $0.contains("ENSD 31337") })
    #expect(reasons.contains("an unmerged picture without a merged one"))
  }

  @Test func `of two pictures for one place the first is taken, and the other named`() throws {
    for (name, shade) in [("a.png", 1), ("b.png", 1), ("c.png", 2)] {
      try Made.png(name, in: folder.url, shade: shade, text: [Made.infotext("a cube", seed: 1)])
    }
    try Made.png("d.png", in: folder.url, shade: 3, text: [Made.infotext("a cube", seed: 1, ratio: 0.5)])
    let plan = try ImportPlan(folder.url)
    #expect(plan.runs[0].pictures.map(\.file.url.lastPathComponent) == ["a.png", "d.png"])
    let first = folder.url.appendingPathComponent("a.png").path
    #expect(
      reasons(plan) == [
        "another picture than \(first), which has the same prompt, seed and settings and is taken",
        "the same picture as \(first), which is taken",
      ])
  }

  @Test func `a size that is not the file's is an error, but not after a second pass`() throws {
    try Made.png("a.png", in: folder.url, width: 16, text: [Made.infotext("a cube", seed: 1)])
    let hires = ", Hires upscale: 2, Hires upscaler: Latent"
    try Made.png(
      "b.png", in: folder.url, width: 16, height: 16, text: [Made.infotext("a cube", seed: 1, further: hires)]
    )
    try Made.png(
      "c.png", in: folder.url, shade: 1, width: 16, height: 16,
      text: [Made.infotext("a cube", seed: 1, ratio: 0.5, further: hires)])
    let plan = try ImportPlan(folder.url)
    #expect(reasons(plan) == ["it is 16x8, and said to be 8x8"])
    #expect(plan.runs.map(\.sampling.width) == [16])
    #expect(plan.runs[0].model.note == "Made with Hires upscale 2, Hires upscaler Latent.")
  }

  @Test func `a second pass is paired, whatever merges in either`() throws {
    let hires =
      ", Denoising strength: 0.5, Hires upscale: 2, Hires steps: 10, Hires upscaler: Latent (bicubic)"
    let pictures: [(ratio: Double?, other: Double?)] = [
      (nil, nil), (0.5, 0.5), (0.5, 0.3), (nil, 0.5),
    ]
    for (shade, (ratio, other)) in pictures.enumerated() {
      let further = hires + (other.map { ", Token merging ratio hr: \($0)" } ?? "")
      try Made.png(
        "\(shade).png", in: folder.url, shade: shade, width: 16, height: 16,
        text: [Made.infotext("a cube", seed: 1, ratio: ratio, further: further)])
    }
    let plan = try ImportPlan(folder.url)
    let run = try #require(plan.runs.first)
    #expect(plan.problems.isEmpty && plan.runs.count == 1 && run.model.note == nil)
    #expect(run.sampling.width == 8 && run.sampling.pictureSize.width == 16)
    #expect(
      run.sampling.hires?.words == "2x latent-bicubic to 16x16, 10 steps, strength 0.5")
    #expect(run.counts.map(\.recipe.ratio) == [0, 0, 0.5, 0.5])
    #expect(run.counts.map(\.recipe.hiresRatio) == [0, 0.5, 0.5, 0.3])
    #expect(run.counts.map(\.recipe.merges) == [false, true, true, true])
    #expect(run.counts.last?.recipe.hiresMerging?.variant == .webui)
  }

  @Test(arguments: [
    ("Steps: 0", "0 steps"), ("Steps: 20, CFG scale: nan", "a guidance scale of nan"),
    ("Steps: 20, Token merging ratio: nan", "a ratio of nan"),
    ("Steps: 20, Token merging ratio: 0.5, Token merging sx: 0, Version: tome-eval 1", "sx is 0"),
    (
      "Steps: 20, Token merging ratio: 0.5, Token merging sx: 9223372036854775807, Version: tome-eval 1",
      "sx is 9223372036854775807"
    ),
  ]) func `what no picture can have been made with is said`(fields: String, reason: String) throws {
    try Made.png("a.png", in: folder.url, text: [("parameters", "a cube\n\(fields), Seed: 1")])
    let plan = try ImportPlan(folder.url)
    #expect(plan.runs.isEmpty && plan.problems.count == 1)
    #expect(plan.problems.first?.reason.contains(reason) == true, "\(plan.problems)")
  }

  @Test func `pictures that say nothing of themselves are named, and what is unknown stays unknown`() throws {
    try Made.png("a.png", in: folder.url)
    let plan = try ImportPlan(folder.url)
    #expect(plan.runs.isEmpty)
    #expect(reasons(plan) == ["nothing says its prompt and seed and ratio; a manifest or --layout can"])
    for name in ["0/0-1.png", "0.5/0-1.png"] { try Made.png("x/\(name)", in: folder.url, shade: name.count) }
    let layout = try FileLayout("{ratio}/{prompt}-{seed}.png", prompts: nil)
    let laid = try ImportPlan(folder.url.appendingPathComponent("x"), layout: layout)
    let sampling = try #require(laid.runs.first).sampling
    #expect(sampling.steps == nil && sampling.guidanceScale == nil && sampling.scheduler == .unknown)
  }
}
