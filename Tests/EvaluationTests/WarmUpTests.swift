import DemoCheckpoint
import Engines
import Evaluation
import Foundation
import Pictures
import ReferenceFixtures
import ResultStore
import Scoring
import StableDiffusion
import Synchronization
import Testing
import TokenMerging

@Suite(.serialized) struct `A sweep's warm-up` {
  private let folder: TemporaryFolder
  private let base: BuiltinEngine

  init() throws {
    folder = try TemporaryFolder()
    base = BuiltinEngine(try DiffusionPipeline(DemoCheckpoint.folder()), model: testModel)
  }

  private func sweep(
    _ engine: any PictureEngine, to output: String = "run",
    progress: @escaping (SweepEvent) -> Void = { _ in }
  ) throws -> RunContents {
    let url = folder.url.appendingPathComponent(output)
    let store = try ResultStore(url.appendingPathComponent("store.sqlite"), access: .creating)
    let plan = try SweepPlan(
      promptSet: twoPrompts, engine: engine,
      wish: SamplingWish(steps: 2, guidanceScale: 4, size: (64, 64)), merging: .init(),
      ratios: [0, 0.3, 0.5], seeds: [0])
    var sweep = Sweep(
      plan: plan, engine: engine, scorers: Scorers(), store: store, folder: url, commandLine: "test",
      toolVersion: toolVersion)
    sweep.makesChecks = false
    return try store.contents(ofRun: sweep.run(progress: progress).run.id)
  }

  @Test func `comes once before the first picture, and not where none is made`() throws {
    let engine = ToldEngine(base)
    var told: [String] = []
    func follow(_ event: SweepEvent) {
      switch event {
      case .warmingUp(let words): told.append(words)
      case .picture: told.append("picture")
      default: break
      }
    }
    let contents = try sweep(engine, progress: follow)
    #expect(told == [try #require(base.warmUp)] + .init(repeating: "picture", count: 6))
    // The unmerged model, and the ratio that merges most.
    #expect(engine.events == ["warm up 0 0.5"] + .init(repeating: "picture", count: 6))
    _ = try sweep(engine, progress: follow)
    #expect(told.count == 7 && engine.events.count == 7)
    let path = try #require(contents.samples.last?.picture?.path.text)
    try FileManager.default.removeItem(
      at: folder.url.appendingPathComponent("run").appendingPathComponent(path))
    _ = try sweep(engine, progress: follow)
    #expect(told.suffix(2) == [try #require(base.warmUp), "picture"] && told.count == 9)
    #expect(engine.events.suffix(2) == ["warm up 0 0.5", "picture"])
  }

  @Test func `changes no bit of a picture`() throws {
    let warm = try sweep(ToldEngine(base), to: "warm")
    let cold = try sweep(ToldEngine(base, hasWarmUp: false), to: "cold")
    #expect(warm.samples.count == 6 && warm.samples.allSatisfy { $0.state == .done })
    #expect(warm.samples.map(\.latentsHash) == cold.samples.map(\.latentsHash))
    #expect(warm.samples.map(\.picture?.fileHash) == cold.samples.map(\.picture?.fileHash))
  }

  @Test func `that fails leaves it to the pictures to say why`() throws {
    let engine = ToldEngine(base, fails: true)
    let contents = try sweep(engine)
    #expect(engine.events.first == "warm up 0 0.5" && contents.samples.allSatisfy { $0.state == .done })
  }
}

/// The built-in engine, which tells what it is asked for.
private final class ToldEngine: PictureEngine {
  private struct Prompt: EnginePrompt {
    let engine: ToldEngine
    let base: any EnginePrompt
    var unread: [UnreadText] { base.unread }

    func picture(_ request: PictureRequest, _ observer: PictureObserver) throws -> MadePicture {
      engine.tell("picture")
      return try base.picture(request, observer)
    }
  }

  private let base: BuiltinEngine
  private let hasWarmUp: Bool
  private let fails: Bool
  private let told = Mutex<[String]>([])
  var events: [String] { told.withLock { $0 } }

  init(_ base: BuiltinEngine, hasWarmUp: Bool = true, fails: Bool = false) {
    (self.base, self.hasWarmUp, self.fails) = (base, hasWarmUp, fails)
  }

  private func tell(_ event: String) { told.withLock { $0.append(event) } }

  var identity: EngineIdentity { base.identity }
  var model: ModelIdentity { base.model }
  var warmUp: String? { hasWarmUp ? base.warmUp : nil }

  func warmUp(for requests: [PictureRequest], _ observer: PictureObserver) throws {
    let ratios = requests.map { $0.recipe.merging.map { "\($0.ratio)" } ?? "0" }
    tell("warm up \(ratios.joined(separator: " "))")
    if fails { throw EngineError.notFinite(step: 1) }
    try base.warmUp(for: requests, observer)
  }

  func resolve(_ wish: SamplingWish) throws(EngineError) -> Sampling { try base.resolve(wish) }
  func validate(_ recipe: PictureRecipe) throws(EngineError) { try base.validate(recipe) }
  func attendingGrids(_ sampling: Sampling) -> [TokenGrid] { base.attendingGrids(sampling) }
  func hasPair(_ sampling: Sampling) -> Bool { base.hasPair(sampling) }

  func begin(prompt: String, sampling: Sampling) throws(EngineError) -> any EnginePrompt {
    Prompt(engine: self, base: try base.begin(prompt: prompt, sampling: sampling))
  }
}
