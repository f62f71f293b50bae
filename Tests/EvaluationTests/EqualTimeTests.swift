import DemoCheckpoint
import Engines
import Foundation
import Machine
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Scoring
import StableDiffusion
import Testing
import TokenMerging

@testable import Evaluation

@Suite(.serialized) struct EqualTimeTests {
  static let machine = MachineDescription(
    os: "", cpu: "x", cores: 2, threads: 2, kernelSet: "AVX2", memoryBytes: 1)

  /// A run of 20 steps whose variants take the given denoising seconds per picture, on one machine.
  func contents(_ seconds: [(VariantRecord, [Double])]) throws -> RunContents {
    var execution = ExecutionRecord(
      engine: .builtin, machine: Self.machine, toolVersion: "", commandLine: "", began: .now)
    execution.id = 1
    var variants: [VariantRecord] = []
    var samples: [SampleRecord] = []
    for (index, (variant, times)) in seconds.enumerated() {
      var variant = variant
      variant.id = Int64(index + 1)
      variants.append(variant)
      for (prompt, time) in times.enumerated() {
        var sample = SampleRecord(
          id: Int64(samples.count + 1), promptID: Int64(prompt), variantID: variant.id, seed: 0,
          state: .done, contentKey: "")
        sample.executionID = 1
        sample.stageSeconds = StageSeconds(text: 1, denoise: time, decode: 5, write: 1)
        samples.append(sample)
      }
    }
    let run = try plan(sampling: sampling(steps: 20)).run(created: .now)
    return RunContents(
      run: run, executions: [execution], prompts: [], variants: variants, samples: samples)
  }

  func variant(_ merging: MergingOptions?, steps: Int = 20) -> VariantRecord {
    VariantRecord(
      recipe: PictureRecipe(
        model: ModelReference(fingerprint: "m"), sampling: sampling(steps: steps), merging: merging),
      baseline: sampling(steps: 20), effectiveRatio: merging?.ratio ?? 0)
  }

  func merged(_ ratio: Double, _ rule: MergeVariant = .tomesd) -> VariantRecord {
    variant(MergingOptions(ratio: ratio, variant: rule).inForce)
  }

  var baseline: VariantRecord { variant(nil) }

  @Test func `steps follow the medians, equal ones are shared, and no saving is said`() throws {
    let decided = EqualTime(
      try contents([
        (baseline, [10, 10, 40]), (merged(0.1), [10, 9.9, 10]), (merged(0.3), [7, 7, 1]),
        (merged(0.5), [6.9, 7.1, 30]), (merged(0.5, .comfyui), [3]), (merged(0.7), [0.1]), (merged(0.9), []),
      ]))
    #expect(
      decided.variants.map(\.label) == [
        "14 steps (time of 0.3 and 0.5)", "6 steps (time of 0.5 comfyui)", "1 step (time of 0.7)",
      ])
    #expect(decided.variants.map(\.equalTimeRatio) == [0.5, 0.5, 0.7])
    #expect(
      decided.variants.allSatisfy {
        $0.ratio == 0 && $0.recipe.merging == nil && $0.id == 0 && !$0.isBaseline
      })
    #expect(decided.notices.count == 2)
    #expect(decided.notices[0].hasPrefix("ratio 0.1 saves no measurable time"))
    #expect(decided.notices[1].hasPrefix("ratio 0.9 has no measured time"))
  }

  @Test func `a variant with those steps that is there already is taken`() throws {
    let decided = EqualTime(
      try contents([(baseline, [10]), (merged(0.5), [5]), (variant(nil, steps: 10), [])]))
    #expect(decided.variants.map(\.id) == [3])
    #expect(decided.variants.map(\.label) == ["10 steps (time of 0.5)"])
  }

  @Test func `times of another machine do not count`() throws {
    var contents = try contents([(baseline, [10]), (merged(0.5), [5])])
    var elsewhere = contents.executions[0]
    (elsewhere.id, elsewhere.machine.cpu) = (2, "y")
    contents.executions.insert(elsewhere, at: 0)
    contents.samples[1].executionID = 2
    let decided = EqualTime(contents)
    #expect(decided.variants.isEmpty && decided.notices[0].contains("has no measured time yet"))
  }

  @Test func `an equal-time row comes right after its ratio`() throws {
    let plain = [baseline, merged(0.3), merged(0.5), merged(0.7), merged(0.5, .webui)]
    let equal = EqualTime(
      try contents([(baseline, [10]), (merged(0.5), [5]), (merged(0.5, .webui), [4])])
    ).variants
    #expect(
      (plain + equal).shuffled().sorted { $0.precedes($1) }.map(\.label) == [
        "0", "0.3", "0.5", "10 steps (time of 0.5)", "0.7", "0.5 webui", "8 steps (time of 0.5 webui)",
      ])
  }

  @Test func `an equal-time sweep decides once, and goes on where it was stopped`() throws {
    let folder = try TemporaryFolder()
    let store = try ResultStore(folder.url.appendingPathComponent("store.sqlite"), access: .creating)
    let engine = BuiltinEngine(try DiffusionPipeline(DemoCheckpoint.folder()), model: testModel)
    let plan = try SweepPlan(
      promptSet: twoPrompts, engine: engine, wish: SamplingWish(steps: 4, guidanceScale: 4, size: (64, 64)),
      merging: .init(),
      ratios: [0, 0.5], seeds: [0])
    func sweep(
      equalTime: Bool = true, _ cancellation: Cancellation = Cancellation(),
      _ progress: @escaping (SweepEvent) -> Void = { _ in }
    ) throws -> (outcome: SweepOutcome, contents: RunContents) {
      var sweep = Sweep(
        plan: plan, engine: engine, scorers: Scorers(), store: store, folder: folder.url,
        commandLine: "test", toolVersion: toolVersion)
      sweep.equalTime = equalTime
      let outcome = try sweep.run(cancellation: cancellation, progress: progress)
      return (outcome, try store.contents(ofRun: outcome.run.id))
    }
    /// Gives a ratio's pictures the times that the test needs, in place of the measured ones.
    func take(_ share: Double) throws {
      let contents = try store.contents(ofRun: store.latestRun().id)
      for var sample in contents.samples where sample.state == .done {
        guard let variant = contents.variants.first(where: { $0.id == sample.variantID }) else { continue }
        sample.stageSeconds?.denoise = variant.ratio == 0 ? 8 : 8 * share
        try store.update(sample)
      }
    }
    #expect(try sweep(equalTime: false).outcome.made == 4)
    try take(0.5)
    let cancellation = Cancellation()
    let stopped = try sweep(cancellation) { event in
      if case .picture(_, let sample) = event, sample.state == .done { cancellation.request() }
    }
    #expect(stopped.outcome.isInterrupted && stopped.outcome.made == 1 && stopped.outcome.total == 6)
    #expect(stopped.contents.variants.map(\.label) == ["0", "0.5", "2 steps (time of 0.5)"])
    try take(0.9)
    let resumed = try sweep()
    #expect(resumed.outcome.made == 1 && resumed.outcome.reused == 5)
    #expect(resumed.contents.variants.map(\.label) == ["0", "0.5", "2 steps (time of 0.5)"])
    #expect(resumed.contents.samples.count == 6 && resumed.contents.samples.allSatisfy { $0.state == .done })
    let added = try #require(resumed.contents.variants.last)
    for sample in resumed.contents.samples where sample.variantID == added.id {
      #expect(sample.picture?.path.text.contains("-r0-steps-2-") == true)
      #expect(sample.mergeStatistics == nil)
      #expect(resumed.contents.scores.contains { $0.sampleID == sample.id && $0.metric == .ssim })
    }
    #expect(try sweep().outcome.didNothing)
  }
}
