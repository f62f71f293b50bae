import CLIPModels
import Checkpoints
import DemoCheckpoint
import Foundation
import Images
import Importing
import Machine
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Scoring
import SyntheticRuns
import Testing

@testable import Evaluation

/// The stages of an import, each by itself.
@Suite struct ImportStagesTests {
  private let folder: TemporaryFolder
  private var pictures: URL { folder.url.appendingPathComponent("pictures") }

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
  }

  private func image(_ number: Int) -> RGBImage {
    RGBImage(width: 16, height: 16, pixels: (0..<768).map { UInt8(($0 * (number + 3)) % 251) })
  }

  /// So many prompts, unmerged and at ratio 0.5, with their manifest.
  private func write(_ prompts: Int) throws {
    var lines = ["path,prompt,seed,ratio,seconds"]
    for number in 0..<2 * prompts {
      let ratio = number % 2 == 0 ? "0" : "0.5"
      try Data(PNGCodec.encode(image(number))).write(to: pictures.appendingPathComponent("\(number).png"))
      lines.append("\(number).png,cube \(number / 2),0,\(ratio),1.5")
    }
    try Data(lines.joined(separator: "\n").utf8).write(to: pictures.appendingPathComponent("manifest.csv"))
  }

  private func read() throws -> ImportedRun {
    let sources = try PictureSources([pictures.appendingPathComponent("manifest.csv")])
    let read = try PictureReading.read(sources.pictures).pictures
    return try #require(ImportPlan(read).runs.first)
  }

  private func take(
    _ run: ImportedRun, _ cancellation: Cancellation = Cancellation(),
    progress: (PictureImport.Stage, Int, Int) -> Void = { _, _, _ in }
  ) throws -> (outcome: ImportOutcome, contents: RunContents) {
    let url = folder.url.appendingPathComponent("run")
    let store = try ResultStore(url.appendingPathComponent("store.sqlite"), access: .creating)
    let outcome = try PictureImport(
      run, name: nil, source: "test", scorers: Scorers(), store: store, folder: url, copies: false,
      commandLine: "test", toolVersion: "1"
    ).run(cancellation: cancellation, progress: progress)
    return (outcome, try store.contents(ofRun: outcome.run.id))
  }

  @Test func `what was taken before a stop is there, and the same import goes on behind it`() throws {
    try write(4)
    let (run, cancellation) = (try read(), Cancellation())
    let stopped = try take(run, cancellation) { stage, done, _ in
      if stage == .taking, done == 3 { cancellation.request() }
    }
    #expect(stopped.outcome.isInterrupted && stopped.outcome.taken == 3 && stopped.outcome.copied == 3)
    #expect(stopped.contents.samples.count { $0.state == .done } == 3)
    #expect(stopped.contents.scores.isEmpty && stopped.contents.executions.count == 1)
    let rest = try take(run)
    #expect((rest.outcome.known, rest.outcome.taken, rest.outcome.scored) == (3, 5, 4))
    #expect(rest.contents.samples.allSatisfy { $0.state == .done && $0.seconds == 1.5 })
    #expect(rest.contents.executions.count == 2)
  }

  @Test func `a file that changes between being read and being copied is left, and named`() throws {
    try write(2)
    let run = try read()
    try Data(PNGCodec.encode(image(99))).write(to: pictures.appendingPathComponent("1.png"))
    let changed = try take(run)
    #expect(changed.outcome.taken == 3 && changed.outcome.conflicts.count == 1)
    #expect(
      changed.outcome.conflicts.first?.hasSuffix("pictures/1.png: changed since it was read; import it again")
        == true)
    let again = try take(read())
    #expect((again.outcome.known, again.outcome.taken) == (3, 1) && again.outcome.conflicts.isEmpty)
  }

  @Test func `scores in one transaction are those of many`() throws {
    let model = try CLIPModel(ModelDirectory(DemoCheckpoint.folder().appendingPathComponent("clip")))
    let scorers = Scorers(
      clip: [CLIPScorer(model: model, identity: ModelIdentity(name: "clip", fingerprint: "c"))])
    func scored(_ name: String, batch: Int) throws -> (early: Int, RunContents) {
      var run = SyntheticRun()
      (run.prompts, run.seeds, run.ratios) = (Array(SyntheticRun.samplePrompts.prefix(2)), [0, 1], [0, 0.5])
      (run.size, run.clips) = (32, [])
      let url = folder.url.appendingPathComponent(name)
      let id = try run.make(in: url).run.id
      let store = try ResultStore(url.appendingPathComponent("results.sqlite"), access: .writing)
      let made = try store.contents(ofRun: id)
      let contents = try store.extend(
        made.run, prompts: made.prompts, variants: made.variants, places: [], scorers: scorers.records
      ).contents
      let evaluator = Evaluator(
        contents, scorers: scorers, store: store, folders: PictureFolders(url), batch: batch)
      for prompt in contents.prompts {
        let samples = contents.samples.filter { $0.promptID == prompt.id }
        let outcome = try evaluator.scoreMissing(
          prompt: prompt, samples: samples, known: [], differences: [], cancellation: Cancellation())
        #expect(outcome.scored == 4 && outcome.failures.isEmpty)
        try evaluator.measureMissingNoise(
          samples: samples, seeds: [0, 1], known: [], cancellation: Cancellation())
      }
      let clip = contents.scorers.first { $0.kind == .clip }?.id
      let early = try store.contents(ofRun: id).scores.count { $0.scorerID == clip }
      try evaluator.finish()
      return (early, try store.contents(ofRun: id))
    }
    let (one, many) = (try scored("one", batch: 10_000), try scored("many", batch: 0))
    #expect(one.early == 0 && many.early == 2 * (4 + 2))
    #expect(one.1.scores == many.1.scores && one.1.scores.count { $0.metric == .clipScore } == 8)
    #expect(one.1.seedNoise == many.1.seedNoise && !one.1.seedNoise.isEmpty)
    #expect(one.1.differences == many.1.differences && one.1.differences.count == 4)
  }
}
