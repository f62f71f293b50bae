import CLIPModels
import Checkpoints
import DemoCheckpoint
import Evaluation
import Foundation
import Images
import ReferenceFixtures
import ResultStore
import StableDiffusion
import Testing
import TokenMerging

/// Sweeps over the bundled model: two prompts, two ratios, two steps.
@Suite(.serialized) struct SweepTests {
  let folder: TemporaryFolder
  let pipeline: DiffusionPipeline
  let clip: CLIPScorer

  init() throws {
    folder = try TemporaryFolder()
    let checkpoint = try DemoCheckpoint.folder()
    pipeline = try DiffusionPipeline(checkpoint)
    clip = CLIPScorer(
      model: try CLIPModel(ModelDirectory(checkpoint.appendingPathComponent("clip"))),
      identity: ModelIdentity(name: "clip", fingerprint: "c"))
  }

  struct Result {
    let outcome: SweepOutcome
    let contents: RunContents
  }

  func sweep(
    guidanceScale: Double = 4, ratios: [Double] = [0, 0.5], withClip: Bool = true,
    seeds: [Int] = [0], lpips: LPIPSScorer? = nil, makesChecks: Bool = true,
    cancellation: Cancellation = Cancellation(), progress: @escaping (SweepEvent) -> Void = { _ in },
    alter: (inout RunRecord) -> Void = { _ in }
  ) throws -> Result {
    let store = try ResultStore(folder.url.appendingPathComponent("store.sqlite"), create: true)
    let sampling = SamplingOptions(steps: 2, guidanceScale: guidanceScale, width: 128, height: 128)
    let plan = try SweepPlan(
      promptSet: twoPrompts, pipeline: pipeline, sampling: sampling, merging: .init(), ratios: ratios,
      seeds: seeds)
    let scorer = withClip ? clip : nil
    var run = plan.run(
      model: ModelIdentity(name: "demo", fingerprint: "m"), clip: scorer?.identity, commandLine: "test",
      toolVersion: toolVersion, created: .now)
    alter(&run)
    let outcome = try Sweep(
      plan: plan, pipeline: pipeline, sampling: sampling, clip: scorer, lpips: lpips,
      makesChecks: makesChecks,
      store: store, folder: folder.url
    ).run(run, cancellation: cancellation, progress: progress)
    return Result(outcome: outcome, contents: try store.contents(ofRun: outcome.run.id))
  }

  func pictures() throws -> [String: Date] {
    let images = folder.url.appendingPathComponent("images")
    let names = try FileManager.default.contentsOfDirectory(atPath: images.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { name in
        let path = images.appendingPathComponent(name).path
        let date = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
        return ("images/\(name)", date ?? .distantPast)
      })
  }

  func expectComplete(_ result: Result) throws {
    let contents = result.contents
    #expect(contents.samples.count == 4)
    #expect(contents.samples.allSatisfy { $0.state == .done })
    #expect(try Set(pictures().keys) == Set(contents.samples.compactMap(\.imagePath)))
    let baselines = contents.variants.filter(\.isBaseline).map(\.id)
    for sample in contents.samples {
      let metrics = contents.scores.filter { $0.sampleID == sample.id }.map(\.metric)
      #expect(
        Set(metrics)
          == (baselines.contains(sample.variantID)
            ? [.clipScore] : Set(ScoreMetric.allCases.filter { !$0.needsLPIPS })))
    }
  }

  @Test func `a sweep makes, scores and measures every picture, and a second one does nothing`() throws {
    let first = try sweep()
    try expectComplete(first)
    #expect(first.outcome.made == 4 && first.outcome.reused == 0 && first.outcome.scored == 4)
    for sample in first.contents.samples {
      let (image, text) = try PNGCodec.decode(
        folder.url.appendingPathComponent(try #require(sample.imagePath)))
      #expect(image.width == 128 && image.height == 128)
      #expect(text.contains { $0.key == "parameters" && $0.value.contains("Steps: 2") })
      let stages = try #require(sample.stageSeconds)
      #expect(stages.text > 0 && stages.denoise > 0 && stages.decode > 0 && stages.write > 0)
      #expect(sample.seconds == stages.total)
      #expect(try #require(sample.secondsPerStep) <= stages.denoise)
      #expect(try #require(sample.peakMemoryBytes) > 10 << 20)
      let isBaseline = first.contents.variants.contains { $0.isBaseline && $0.id == sample.variantID }
      #expect((sample.mergeStatistics == nil) == isBaseline)
      let block = "down_blocks.0.attentions.0.transformer_blocks.0"
      #expect(isBaseline || sample.mergeStatistics?["\(block).tokens_kept"] == 128)
      #expect(isBaseline || sample.mergeStatistics?["mean_similarity"] ?? 2 <= 1)
      #expect(isBaseline || abs((sample.mergeStatistics?["effective_ratio"] ?? 0) - 0.5) < 0.01)
    }
    let before = try pictures()
    let second = try sweep()
    #expect(second.outcome.didNothing && second.outcome.reused == 4)
    #expect(try pictures() == before)
    #expect(second.contents.run.id == first.contents.run.id)
  }

  @Test func `another ratio makes only its own pictures`() throws {
    _ = try sweep(ratios: [0, 0.5])
    let more = try sweep(ratios: [0, 0.3, 0.5])
    #expect(more.outcome.reused == 4 && more.outcome.made == 2)
    #expect(more.contents.samples.count == 6)
    #expect(more.contents.scores.count == 2 * (1 + 8 + 8))
  }

  @Test func `a picture that went missing or was damaged is made again, with the same bytes`() throws {
    let first = try sweep()
    let paths = first.contents.samples.compactMap(\.imagePath)
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent(paths[1]))
    try Data("x".utf8).write(to: folder.url.appendingPathComponent(paths[2]))
    let second = try sweep()
    #expect(second.outcome.made == 2 && second.outcome.reused == 2)
    try expectComplete(second)
    #expect(second.contents.samples.map(\.imageHash) == first.contents.samples.map(\.imageHash))
    #expect(second.contents.samples.map(\.latentsHash) == first.contents.samples.map(\.latentsHash))
  }

  @Test func `a sweep that was stopped between steps goes on where it was`() throws {
    let cancellation = Cancellation()
    var steps = 0
    let stopped = try sweep(cancellation: cancellation) { event in
      if case .step = event { steps += 1 }
      if steps == 3 { cancellation.request() }
    }
    #expect(stopped.outcome.isInterrupted && stopped.outcome.made == 1)
    #expect(stopped.contents.samples.map(\.state) == [.done, .pending, .pending, .pending])
    let resumed = try sweep()
    #expect(resumed.outcome.made == 3 && resumed.outcome.reused == 1 && !resumed.outcome.isInterrupted)
    try expectComplete(resumed)
  }

  @Test func `scores that are missing are completed without making pictures`() throws {
    let without = try sweep(withClip: false)
    #expect(
      Set(without.contents.scores.map(\.metric)) == [.mae, .rmse, .psnr, .ssim, .msSSIM, .changedPixels])
    let with = try sweep()
    #expect(with.outcome.made == 0 && with.outcome.reused == 4 && with.outcome.scored == 4)
    try expectComplete(with)
  }

  @Test func `a picture that fails is recorded, and the sweep goes on`() throws {
    let result = try sweep(guidanceScale: 1e300)
    #expect(result.outcome.failed == 4 && result.outcome.made == 0)
    #expect(result.contents.samples.allSatisfy { $0.state == .failed && $0.imagePath == nil })
    #expect(result.contents.samples.allSatisfy { $0.error?.contains("no longer finite") == true })
    #expect(try pictures().isEmpty)
  }

  @Test func `two sweeps do not share a folder, and what a killed one left half written goes`() throws {
    let images = folder.url.appendingPathComponent("images")
    try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: images.appendingPathComponent(".a.png.1.tmp"))
    var second: (any Error)?
    let first = try sweep { [self] _ in
      if second == nil { do { _ = try sweep() } catch { second = error } }
    }
    #expect(second as? EvaluationError == .folderInUse(path: folder.url.path))
    try expectComplete(first)
  }
}
