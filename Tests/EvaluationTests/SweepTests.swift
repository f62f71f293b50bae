import CLIPModels
import Checkpoints
import DemoCheckpoint
import Digests
import Engines
import Evaluation
import Foundation
import GRDB
import Images
import Machine
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Scoring
import StableDiffusion
import Testing
import TokenMerging

/// Sweeps over the bundled model: two prompts, two ratios, two steps.
@Suite(.serialized) struct SweepTests {
  let folder: TemporaryFolder
  let engine: BuiltinEngine
  let clip: CLIPScorer
  var storeFile: URL { folder.url.appendingPathComponent("store.sqlite") }

  init() throws {
    folder = try TemporaryFolder()
    let checkpoint = try DemoCheckpoint.folder()
    engine = BuiltinEngine(try DiffusionPipeline(checkpoint), model: testModel)
    clip = CLIPScorer(
      model: try CLIPModel(ModelDirectory(checkpoint.appendingPathComponent("clip"))),
      identity: ModelIdentity(name: "clip", fingerprint: "c"))
  }

  struct Result {
    let outcome: SweepOutcome
    let contents: RunContents
  }

  func sweep(
    guidanceScale: Double = 4, ratios: [Double] = [0, 0.5], seeds: [Seed] = [0], withClip: Bool = true,
    moreClip: [CLIPScorer] = [], lpips: [LPIPSScorer] = [], engine: (any PictureEngine)? = nil,
    makesChecks: Bool = true, to output: String = "", cancellation: Cancellation = Cancellation(),
    progress: @escaping (SweepEvent) -> Void = { _ in }
  ) throws -> Result {
    let store = try ResultStore(storeFile, access: .creating)
    let engine = engine ?? self.engine
    let plan = try SweepPlan(
      promptSet: twoPrompts, engine: engine,
      wish: SamplingWish(steps: 2, guidanceScale: guidanceScale, size: (64, 64)), merging: .init(),
      ratios: ratios, seeds: seeds)
    var sweep = Sweep(
      plan: plan, engine: engine, scorers: Scorers(clip: (withClip ? [clip] : []) + moreClip, lpips: lpips),
      store: store, folder: output.isEmpty ? folder.url : folder.url.appendingPathComponent(output),
      commandLine: "test", toolVersion: toolVersion)
    sweep.makesChecks = makesChecks
    let outcome = try sweep.run(cancellation: cancellation, progress: progress)
    return Result(outcome: outcome, contents: try store.contents(ofRun: outcome.run.id))
  }

  /// Changes the store as nothing but another machine or version would.
  func alter(_ sql: String) throws {
    try DatabaseQueue(path: storeFile.path).write { try $0.execute(sql: sql) }
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
    #expect(try Set(pictures().keys) == Set(contents.samples.compactMap(\.picture?.path.text)))
    let baselines = contents.variants.filter(\.isBaseline).map(\.id)
    for sample in contents.samples {
      let metrics = contents.scores.filter { $0.sampleID == sample.id }.map(\.metric)
      #expect(
        Set(metrics)
          == (baselines.contains(sample.variantID)
            ? [.clipScore] : Set(Metric.allCases.filter { [.pixels, .clip].contains($0.scorer) })))
      #expect(
        contents.differences.count { $0.sampleID == sample.id }
          == (baselines.contains(sample.variantID) ? 0 : 1))
    }
    #expect(contents.unscored == 0)
  }

  @Test func `a sweep makes, scores and measures every picture, and a second one does nothing`() throws {
    let first = try sweep()
    try expectComplete(first)
    #expect(first.outcome.made == 4 && first.outcome.reused == 0 && first.outcome.scored == 4)
    for sample in first.contents.samples {
      let (image, text) = try PNGCodec.decode(
        folder.url.appendingPathComponent(try #require(sample.picture).path.text))
      #expect(image.width == 64 && image.height == 64)
      #expect(try PictureMetadata(textChunks: text)?.request.key == sample.contentKey)
      #expect(sample.picture?.pixelHash == image.hash && sample.picture?.base == .store)
      #expect(first.contents.execution(of: sample)?.machine == .current)
      let stages = try #require(sample.stageSeconds)
      #expect(stages.text > 0 && stages.denoise > 0 && stages.decode > 0 && stages.write > 0)
      #expect(sample.seconds == stages.total)
      #expect(try #require(sample.secondsPerStep) <= stages.denoise)
      #expect(try #require(sample.peakMemoryBytes) > 10 << 20)
      let isBaseline = first.contents.variants.contains { $0.isBaseline && $0.id == sample.variantID }
      #expect((sample.mergeStatistics == nil) == isBaseline)
      let block = "down_blocks.0.attentions.0.transformer_blocks.0"
      let blocks = try ResultStore(storeFile).blockStatistics(ofSample: sample.id)
      #expect(isBaseline == blocks.isEmpty)
      #expect(isBaseline || blocks[block]?.tokensKept == 128)
      #expect(isBaseline || sample.mergeStatistics?.meanSimilarity ?? 2 <= 1)
      #expect(isBaseline || abs((sample.mergeStatistics?.effectiveRatio ?? 0) - 0.5) < 0.01)
    }
    let before = try pictures()
    let second = try sweep()
    #expect(second.outcome.didNothing && second.outcome.reused == 4)
    #expect(try pictures() == before)
    #expect(second.contents.run.id == first.contents.run.id)
    // Nobody made anything the second time.
    #expect(second.contents.executions.count == 1)
  }

  @Test func `another ratio makes only its own pictures`() throws {
    _ = try sweep(ratios: [0, 0.5])
    let more = try sweep(ratios: [0, 0.3, 0.5])
    #expect(more.outcome.reused == 4 && more.outcome.made == 2)
    #expect(more.contents.samples.count == 6)
    let metrics = Metric.allCases.count { [.pixels, .clip].contains($0.scorer) }
    #expect(more.contents.scores.count == 2 * (1 + metrics + metrics))
  }

  @Test func `a picture that went missing or was damaged is made again, with the same bytes`() throws {
    let first = try sweep()
    let paths = first.contents.samples.compactMap(\.picture?.path.text)
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent(paths[1]))
    try Data("x".utf8).write(to: folder.url.appendingPathComponent(paths[2]))
    let second = try sweep()
    #expect(second.outcome.made == 2 && second.outcome.reused == 2)
    try expectComplete(second)
    #expect(
      second.contents.samples.map(\.picture?.fileHash) == first.contents.samples.map(\.picture?.fileHash))
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
      Set(without.contents.scores.map(\.metric)) == Set(Metric.allCases.filter { $0.scorer == .pixels }))
    let with = try sweep()
    #expect(with.outcome.made == 0 && with.outcome.reused == 4 && with.outcome.scored == 4)
    try expectComplete(with)
  }

  @Test func `a picture that fails is recorded, and the sweep goes on`() throws {
    let result = try sweep(guidanceScale: 1e300)
    #expect(result.outcome.failed == 4 && result.outcome.made == 0)
    #expect(result.contents.samples.allSatisfy { $0.state == .failed && $0.picture == nil })
    #expect(result.contents.samples.allSatisfy { $0.error?.contains("no longer finite") == true })
    #expect(try pictures().isEmpty)
  }

  @Test func `two sweeps do not share a folder, and what a killed one left half written goes`() throws {
    let images = folder.url.appendingPathComponent("images")
    try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: images.appendingPathComponent(".a.png.1.tome-eval.tmp"))
    var second: (any Error)?
    let first = try sweep { [self] _ in
      if second == nil { do { _ = try sweep() } catch { second = error } }
    }
    #expect(second as? EvaluationError == .inUse(subject: folder.url.path))
    try expectComplete(first)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(names.sorted() == ["images", "store.sqlite"])
  }

  @Test func `one run is not swept into two folders at once, and one after the other makes nothing twice`()
    throws
  {
    var second: (any Error)?
    let first = try sweep(to: "a") { [self] _ in
      if second == nil { do { _ = try sweep(to: "b") } catch { second = error } }
    }
    guard case .inUse(let subject)? = second as? EvaluationError else {
      Issue.record("\(String(describing: second))")
      return
    }
    #expect(subject.hasPrefix(storeFile.path))
    #expect(first.contents.samples.allSatisfy { $0.picture?.path.text.hasPrefix("a/images/") == true })
    let elsewhere = try sweep(to: "b")
    #expect(elsewhere.outcome.didNothing && elsewhere.outcome.reused == 4)
  }

  @Test func `a store of an earlier version gets its maps of differences, and nothing else`() throws {
    let first = try sweep()
    try alter(
      """
      DROP TABLE difference;
      DELETE FROM grdb_migrations WHERE identifier = '9-differences';
      """)
    let old = try ResultStore(storeFile).contents(ofRun: first.contents.run.id)
    #expect(old.differences.isEmpty && old.unscored == 2 && old.scores == first.contents.scores)
    let second = try sweep()
    #expect(second.outcome.made == 0 && second.outcome.scored == 2)
    #expect(second.contents.differences == first.contents.differences)
    #expect(try sweep().outcome.didNothing)
    for difference in first.contents.differences {
      let sample = try #require(first.contents.samples.first { $0.id == difference.sampleID })
      let baseline = try #require(first.contents.baselines[sample.place])
      func image(_ sample: SampleRecord) throws -> RGBImage {
        try PNGCodec.decode(folder.url.appendingPathComponent(try #require(sample.picture).path.text)).image
      }
      let measured = try PictureDifference(of: image(sample), to: image(baseline))
      #expect(difference.map == measured.map && difference.traits == measured.traits)
    }
  }

  @Test func `a baseline that comes out otherwise has its siblings compared with it again`() throws {
    let first = try sweep(makesChecks: false)
    let baseline = try #require(first.contents.baseline)
    let sample = try #require(first.contents.samples.first { $0.variantID == baseline.id })
    let picture = try #require(sample.picture)
    let file = folder.url.appendingPathComponent(picture.path.text)
    // As another machine would leave it: other pixels, and a row that says so.
    var image = try PNGCodec.decode(file).image
    image.pixels[0] ^= 0x80
    let png = try PNGCodec.encode(image)
    try AtomicFile.write(png, to: file)
    do {
      var changed = picture
      changed.fileHash = SHA256.hex(of: png)
      changed.pixelHash = image.hash
      _ = try ResultStore(storeFile, access: .writing).adopt(sample, picture: changed)
    }
    let second = try sweep(makesChecks: false)
    #expect(second.outcome.made == 0 && second.outcome.scored == 2)
    let sibling = try #require(
      second.contents.samples.first { $0.promptID == sample.promptID && $0.variantID != baseline.id })
    func mae(_ result: Result) -> Double? {
      result.contents.scores.first { $0.sampleID == sibling.id && $0.metric == .mae }?.value
    }
    #expect(try #require(mae(first)) != #require(mae(second)))
    try expectComplete(second)
    #expect(try sweep(makesChecks: false).outcome.didNothing)
  }

  @Test func `several CLIP checkpoints score one run, the first asked for counting first`() throws {
    let other = CLIPScorer(model: clip.model, identity: ModelIdentity(name: "other", fingerprint: "o"))
    let both = try sweep(moreClip: [other], makesChecks: false)
    #expect(both.contents.scorers.map(\.name) == ["pixels", "clip", "other"])
    let scores = both.contents.scores.filter { $0.metric == .clipScore }
    #expect(scores.count == 8 && Set(scores.map(\.scorerID)).count == 2)
    let again = try sweep(moreClip: [other], makesChecks: false)
    #expect(again.outcome.didNothing)
    #expect(try sweep(makesChecks: false).contents.scorers.map(\.name) == ["pixels", "clip", "other"])
  }

  @Test func `an engine's trouble with a picture is that picture's alone`() throws {
    var truncated = 0
    let picky = try sweep(engine: Picky(inner: engine), makesChecks: false) { event in
      if case .truncated = event { truncated += 1 }
    }
    #expect(picky.outcome.made == 2 && picky.outcome.failed == 2 && truncated == 2)
    #expect(
      picky.contents.executions.map(\.engineIdentity) == [
        EngineIdentity(name: "picky", version: "7", device: "none")
      ])
    let done = picky.contents.samples.filter { $0.state == .done }
    #expect(done.allSatisfy { $0.seconds ?? 0 > 0 && $0.stageSeconds == nil && $0.latentsHash == nil })
    // What failed is tried again, by whoever makes pictures then.
    let resumed = try sweep(makesChecks: false)
    #expect(resumed.outcome.made == 2 && resumed.outcome.reused == 2)
    #expect(resumed.contents.executions.map(\.engine) == ["picky", "builtin"])
  }
}

/// An engine that fails with every merged picture, and tells nothing that it need not.
private struct Picky: PictureEngine {
  private struct Prompt: EnginePrompt {
    let ready: any EnginePrompt
    let unread = [UnreadText(.prompt, words: "its end")]

    func picture(_ request: PictureRequest, _ observer: PictureObserver) throws -> MadePicture {
      guard request.recipe.merging == nil else { throw EngineError.notFinite(step: 1) }
      var made = try ready.picture(request, observer)
      (made.latentsHash, made.stages, made.peakMemoryBytes) = (nil, nil, nil)
      return made
    }
  }

  let inner: any PictureEngine
  let identity = EngineIdentity(name: "picky", version: "7", device: "none")
  var model: ModelIdentity { inner.model }

  func resolve(_ wish: SamplingWish) throws(EngineError) -> Sampling { try inner.resolve(wish) }
  func validate(_ recipe: PictureRecipe) throws(EngineError) { try inner.validate(recipe) }
  func attendingGrids(_ sampling: Sampling) -> [TokenGrid] { inner.attendingGrids(sampling) }

  func begin(prompt: String, sampling: Sampling) throws(EngineError) -> any EnginePrompt {
    Prompt(ready: try inner.begin(prompt: prompt, sampling: sampling))
  }
}
