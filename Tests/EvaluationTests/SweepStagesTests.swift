import Digests
import Engines
import Foundation
import Images
import Machine
import Pictures
import PromptSets
import ReferenceFixtures
import ResultStore
import Synchronization
import SyntheticRuns
import Testing
import TokenMerging

@testable import Evaluation

/// The stages of a sweep, each by itself and without a model.
@Suite struct SweepStagesTests {
  let folder: TemporaryFolder
  var storeFile: URL { folder.url.appendingPathComponent("results.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  private func store() throws -> ResultStore { try ResultStore(storeFile, access: .creating) }

  private func file(_ sample: SampleRecord) throws -> URL {
    folder.url.appendingPathComponent(try #require(sample.path))
  }

  // MARK: - Wanted

  /// A run of one prompt and one seed, whose two pictures are there.
  private func made(hasPixelHashes: Bool = true) throws -> [SampleRecord] {
    var run = SyntheticRun()
    (run.prompts, run.seeds, run.ratios, run.size) = ([SyntheticRun.samplePrompts[0]], [0], [0, 0.5], 32)
    run.hasPixelHashes = hasPixelHashes
    return try run.make(in: folder.url).samples
  }

  private func present(_ sample: SampleRecord) throws -> SampleRecord? {
    try WantedPictures(store: store(), folders: PictureFolders(folder.url)).present(sample)
  }

  @Test func `a picture is present as long as its file is byte for byte what was stored`() throws {
    let samples = try made()
    #expect(try samples.map { try present($0)?.id } == samples.map(\.id))
    try FileManager.default.removeItem(at: file(samples[0]))
    #expect(try present(samples[0]) == nil)
    // Another picture, by whichever tool, is not the one that was scored.
    try FileManager.default.copyItem(at: file(samples[1]), to: file(samples[0]))
    #expect(try present(samples[0]) == nil)
    // A text chunk more leaves the pixels what they are, and the file another.
    try Data(PNGCodec.encode(PNGCodec.decode(file(samples[1])).image, text: [("parameters", "x")]))
      .write(to: file(samples[1]))
    #expect(try present(samples[1]) == nil)
  }

  @Test func `what failed or was never made is wanted`() throws {
    var sample = try made()[0]
    for state in [SampleRecord.State.pending, .failed] {
      sample.state = state
      #expect(try present(sample) == nil)
    }
  }

  @Test func `a picture of a store without hashes of pixels gets its own, once`() throws {
    let sample = try made(hasPixelHashes: false)[1]
    let hash = try PNGCodec.decode(file(sample)).image.hash
    #expect(sample.picture?.pixelHash == nil)
    #expect(try present(sample)?.picture?.pixelHash == hash)
    let store = try store()
    let stored = try store.contents(ofRun: store.runs()[0].id).samples.first { $0.id == sample.id }
    #expect(stored?.picture?.pixelHash == hash)
  }

  // MARK: - Made

  private func request(_ prompt: String = "an owl", seed: Int = 0, _ sampling: Sampling = sampling())
    -> PictureRequest
  {
    PictureRequest(
      PictureRecipe(model: ModelReference(fingerprint: "m"), sampling: sampling), prompt: prompt, seed: seed)
  }

  @Test func `an engine gets ready once for all seeds and steps of a prompt, and anew for other guidance`()
    throws
  {
    let engine = PlainEngine()
    var making = PictureMaking(engine)
    var told: [UnreadText] = []
    func make(_ request: PictureRequest) throws {
      guard
        case .made(let made) = try making.make(request, PictureObserver(), didTruncate: { told.append($0) })
      else {
        Issue.record("nothing was made of \(request)")
        return
      }
      #expect(made.image == PlainEngine.image(of: request))
    }
    try make(request())
    try make(request(seed: 1))
    try make(request("an owl", sampling(steps: 9)))
    #expect(engine.begun == ["an owl"])
    try make(request("an owl", sampling(guidanceScale: 7)))
    #expect(engine.begun == ["an owl", "an owl"] && told.map(\.words) == ["of an owl"])
    try make(request("a fox"))
    #expect(engine.begun.count == 3 && told.map(\.words) == ["of an owl", "of a fox"])
  }

  @Test func `an engine's error is the result of one picture, and a request to stop ends the sweep`() throws {
    let engine = PlainEngine()
    var making = PictureMaking(engine)
    guard case .failed(.notFinite(step: 3)) = try making.make(request(seed: 13), PictureObserver()) else {
      Issue.record("seed 13 does not fail")
      return
    }
    guard case .made = try making.make(request(), PictureObserver()) else {
      Issue.record("nothing is made after a failure")
      return
    }
    #expect(engine.begun.count == 1)
    let cancellation = Cancellation()
    cancellation.request()
    #expect(throws: CancellationError.self) { try making.make(request(), PictureObserver(cancellation)) }
  }

  // MARK: - Adopted

  private func begun(_ store: ResultStore, _ prompts: PromptSet = twoPrompts) throws -> RunContents {
    let plan = try plan(prompts)
    return try store.begin(
      plan.run(created: Date(timeIntervalSince1970: 0)), prompts: plan.promptRecords, variants: plan.variants,
      seeds: plan.seeds, scorers: [])
  }

  private func adopter(_ contents: RunContents, _ store: ResultStore) throws -> (PictureAdopter, RunFolder) {
    let runFolder = try RunFolder(
      folder.url.appendingPathComponent("run"), store: store, key: contents.run.key)
    let adopter = PictureAdopter(
      contents.run, store: store, folder: runFolder,
      execution: ExecutionRecord(
        engine: PlainEngine().identity, machine: .current, toolVersion: "1", commandLine: "test",
        began: Date(timeIntervalSince1970: 0)))
    return (adopter, runFolder)
  }

  @Test func `an adopted picture is a file that says what it is, and a row that says where it lies`() throws {
    let store = try store()
    let contents = try begun(store)
    var (adopter, runFolder) = try adopter(contents, store)
    #expect(try store.contents(ofRun: contents.run.id).executions.isEmpty)
    let statistics = MergeStatistics(
      tokensKept: 128, effectiveRatio: 0.5, meanSimilarity: 0.9, minimumSimilarity: 0.8)
    for (index, sample) in contents.samples.prefix(2).enumerated() {
      let request = request(seed: index)
      var made = PlainEngine.picture(of: request)
      made.blockStatistics = ["a.block": statistics]
      let adopted = try adopter.adopt(made, as: sample, request, name: "picture-\(index)")
      #expect(adopted.state == .done && adopted.contentKey == request.key)
      // Of the store, below whose folder the run's lies.
      #expect(adopted.path == "run/images/picture-\(index).png" && adopted.picture?.base == .store)
      let bytes = try [UInt8](Data(contentsOf: runFolder.folders.url(of: #require(adopted.picture))))
      let (image, text) = try PNGCodec.decode(bytes)
      #expect(image == made.image && adopted.picture?.pixelHash == image.hash)
      #expect(adopted.picture?.fileHash == SHA256.hex(of: bytes))
      #expect(try PictureMetadata(textChunks: text)?.request == request)
      // An engine that tells no stages is believed for the whole, but for writing the file.
      #expect(try #require(adopted.seconds) > made.seconds && adopted.stageSeconds == nil)
      #expect(try store.blockStatistics(ofSample: sample.id) == ["a.block": statistics])
    }
    let stored = try store.contents(ofRun: contents.run.id)
    #expect(stored.executions.map(\.engine) == ["plain"])
    #expect(
      stored.samples.filter { $0.state == .done }.allSatisfy { $0.executionID == stored.executions[0].id })
    withExtendedLifetime(runFolder) {}
  }

  @Test func `a picture that is made again is so for every run that shows it`() throws {
    let store = try store()
    let first = try begun(store)
    var (adopter, runFolder) = try adopter(first, store)
    func adopt(latents: String) throws {
      let sample = first.samples[0]
      let request = PictureRequest(
        first.variants[0].recipe, prompt: first.prompts[0].text, seed: sample.seed)
      var made = PlainEngine.picture(of: request)
      made.latentsHash = latents
      made.blockStatistics = [
        latents: MergeStatistics(
          tokensKept: nil, effectiveRatio: 0, meanSimilarity: nil, minimumSimilarity: nil)
      ]
      _ = try adopter.adopt(made, as: sample, request, name: "a")
    }
    try adopt(latents: "before")
    let second = try begun(store, PromptSet(name: "one", prompts: [twoPrompts.prompts[0]]))
    #expect(second.run.id != first.run.id && second.samples.map(\.latentsHash) == ["before", nil])
    try adopt(latents: "after")
    let shared = try store.contents(ofRun: second.run.id).samples
    #expect(shared.map(\.latentsHash) == ["after", nil] && shared[0].promptID == second.prompts[0].id)
    #expect(try store.blockStatistics(ofSample: shared[0].id).keys.sorted() == ["after"])
    withExtendedLifetime(runFolder) {}
  }

  @Test func `a picture whose file cannot be written gets no row`() throws {
    let store = try store()
    let contents = try begun(store)
    var (adopter, runFolder) = try adopter(contents, store)
    let images = folder.url.appendingPathComponent("run/images")
    try FileManager.default.removeItem(at: images)
    try Data().write(to: images)
    let request = request()
    #expect(throws: ImageError.self) {
      try adopter.adopt(PlainEngine.picture(of: request), as: contents.samples[0], request, name: "a")
    }
    #expect(try store.contents(ofRun: contents.run.id).samples.allSatisfy { $0.state == .pending })
    withExtendedLifetime(runFolder) {}
  }

  @Test func `why a picture was not made is stored with its sample alone`() throws {
    let store = try store()
    let contents = try begun(store)
    let (adopter, runFolder) = try adopter(contents, store)
    let refused = try adopter.refuse(contents.samples[1], request(), because: .notFinite(step: 3))
    let stored = try store.contents(ofRun: contents.run.id)
    #expect(stored.samples.map(\.state) == [.pending, .failed, .pending, .pending])
    #expect(stored.samples[1].id == refused.id && refused.error?.contains("after step 3") == true)
    #expect(stored.executions.isEmpty)
    withExtendedLifetime(runFolder) {}
  }
}

/// Makes pictures of one colour each, fails with seed 13, and counts how often it got ready.
private final class PlainEngine: PictureEngine {
  private struct Prompt: EnginePrompt {
    let unread: [UnreadText]

    func picture(_ request: PictureRequest, _ observer: PictureObserver) throws -> MadePicture {
      try observer.cancellation.check()
      guard request.seed != 13 else { throw EngineError.notFinite(step: 3) }
      return PlainEngine.picture(of: request)
    }
  }

  private let prompts = Mutex<[String]>([])
  /// The prompts that it got ready for.
  var begun: [String] { prompts.withLock { $0 } }

  let identity = EngineIdentity(name: "plain")
  let model = testModel

  static func image(of request: PictureRequest) -> RGBImage {
    RGBImage(
      width: 8, height: 8,
      pixels: [UInt8](
        repeating: UInt8(truncatingIfNeeded: request.seed * 31 + request.prompt.count), count: 192))
  }

  static func picture(of request: PictureRequest) -> MadePicture {
    MadePicture(image: image(of: request), seconds: 0.25)
  }

  func resolve(_ wish: SamplingWish) throws(EngineError) -> Sampling { sampling() }
  func validate(_ recipe: PictureRecipe) throws(EngineError) {}
  func attendingGrids(_ sampling: Sampling) -> [TokenGrid] { [] }

  func begin(prompt: String, sampling: Sampling) throws(EngineError) -> any EnginePrompt {
    prompts.withLock { $0.append(prompt) }
    return Prompt(unread: [UnreadText(.prompt, words: "of \(prompt)")])
  }
}
