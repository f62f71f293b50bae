public import Engines
public import Foundation
import Images
public import Machine
import Pictures
public import ResultStore

/// Makes pictures of a run again, and their baselines, to keep what is seen on the way: of those that come out as they
/// are stored.
public struct PictureExplaining {
  /// A picture made again.
  public struct Result: Sendable {
    public let verified: Verification.Result
    /// Nil where the picture came out otherwise than it is stored.
    public let explanation: Explanation?
    /// Whether it was asked for, and not made as another one's baseline only.
    public let isWanted: Bool
  }

  public private(set) var results: [Result] = []
  /// Pictures to make, baselines among them.
  public var count: Int { checked.count }

  private let contents: RunContents
  private let store: ResultStore
  private let folder: RunFolder
  private let engine: any PictureEngine
  private let wanted: Set<Int64>
  private let checked: [FileCheck.Result]

  /// - Parameters:
  ///   - samples: finished ones of the run, by their numbers, in the order that they are wanted in
  ///   - store: which the run is of, open for writing
  ///   - folder: of the run
  /// - Throws: ``EvaluationError/otherModel(run:stored:given:)``, ``EvaluationError/nothingToVerify(run:)``,
  ///   ``EvaluationError/notExplained(picture:engine:)``, or what an engine cannot do.
  public init(
    _ samples: [Int64], of contents: RunContents, store: ResultStore, folder: URL, engine: any PictureEngine
  ) throws {
    let run = contents.run
    guard engine.model.fingerprint == run.modelFingerprint else {
      throw EvaluationError.otherModel(run: run.name, stored: run.model, given: engine.model)
    }
    let byID = Dictionary(contents.samples.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let chosen = samples.compactMap { byID[$0] }.filter { $0.state == .done }
    // A prompt is encoded once, and what is compared is made one after the other.
    var places: [SampleRecord.Place] = []
    for sample in chosen where !places.contains(sample.place) { places.append(sample.place) }
    let baselines = contents.baselines
    var seen: Set<Int64> = []
    let all = places.flatMap { place in
      ([baselines[place]].compactMap(\.self) + chosen.filter { $0.place == place }).filter {
        seen.insert($0.id).inserted
      }
    }
    let folders = PictureFolders(store: store.folder, output: folder)
    checked = FileCheck(of: all, in: contents, folders: folders).results
    guard !checked.isEmpty else { throw EvaluationError.nothingToVerify(run: run.name) }
    for each in checked {
      let engine =
        contents.execution(of: each.sample)?.engineIdentity.name ?? "an engine that the store does not name"
      guard engine == EngineIdentity.builtin.name else {
        throw EvaluationError.notExplained(
          picture: each.sample.picture?.path.text ?? each.prompt.text, engine: engine)
      }
    }
    for each in checked { try engine.validate(each.variant.recipe) }
    self.contents = contents
    self.store = store
    self.folder = try RunFolder(folder, store: store, key: run.key)
    self.engine = engine
    wanted = Set(samples)
  }

  /// Makes them, and stores what is seen with each picture once it is done.
  ///
  /// - Parameters:
  ///   - didStep: told the pictures done, and of the one that is being made the steps done and all
  ///   - didMake: told every picture made
  /// - Throws: `CancellationError`, `StoreError`, or the engine's own errors; what is done until then is stored.
  public mutating func run(
    _ wish: ExplanationWish, cancellation: Cancellation = Cancellation(),
    didStep: @escaping (_ pictures: Int, _ step: Int, _ steps: Int) -> Void = { _, _, _ in },
    didMake: (Result) -> Void = { _ in }
  ) throws {
    defer { withExtendedLifetime(folder) {} }
    var making = PictureMaking(engine)
    for (done, each) in checked.enumerated() {
      let request = PictureRequest(each.variant.recipe, prompt: each.prompt.text, seed: each.sample.seed)
      let observer = PictureObserver(cancellation, explains: wish) { didStep(done, $0, $1) }
      switch try making.make(request, observer) {
      case .failed(let error): throw error
      case .made(let made):
        let verified = try Verification.Result(each, made, request, of: contents.run)
        let result = Result(
          verified: verified, explanation: verified.isEqual ? made.explanation : nil,
          isWanted: wanted.contains(each.sample.id))
        if let explanation = result.explanation { try store.save([each.sample.id: explanation]) }
        results.append(result)
        didMake(result)
      }
    }
  }
}
