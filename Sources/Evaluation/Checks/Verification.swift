import Digests
public import Engines
import Images
public import Machine
public import Pictures
public import ResultStore
import Tensors

/// Random pictures of a run, made again and compared with what the store says of them.
public struct Verification: Sendable {
  /// One picture made again.
  public struct Result: Sendable {
    public enum Picture: String, Sendable {
      /// The PNG file has the stored hash.
      case equal
      /// Another file, as another version or zlib writes it, of the same pixels.
      case samePixels = "same pixels"
      case different
    }

    public let sample: SampleRecord
    public let prompt: PromptRecord
    public let variant: VariantRecord
    /// What became of the picture's own file.
    public let file: StoredFile.State
    /// Of the picture made again.
    public let latentsHash: String?
    public let imageHash: String
    public let picture: Picture

    init(
      _ checked: FileCheck.Result, latentsHash: String?, imageHash: String, samePixels: Bool
    ) {
      sample = checked.sample
      prompt = checked.prompt
      variant = checked.variant
      file = checked.state
      self.latentsHash = latentsHash
      self.imageHash = imageHash
      picture =
        imageHash == sample.picture?.fileHash ? .equal : samePixels ? .samePixels : .different
    }

    /// - Parameter made: the same picture, made again
    init(
      _ checked: FileCheck.Result, _ made: MadePicture, _ request: PictureRequest, of run: RunRecord
    ) throws(ImageError) {
      let text = PictureMetadata(request: request, modelName: run.modelName).textChunks
      self.init(
        checked, latentsHash: made.latentsHash,
        imageHash: SHA256.hex(of: try PNGCodec.encode(made.image, text: text)),
        samePixels: made.image.hash == checked.pixelHash)
    }

    public var hasEqualLatents: Bool { latentsHash == sample.latentsHash }
    /// Whether the picture came out as it is stored, whatever became of its file.
    public var isEqual: Bool { hasEqualLatents && picture != .different }
  }

  public let results: [Result]
  /// What makes differences likely, a sentence each: another machine than the run's.
  public let reasons: [String]

  public var isEqual: Bool { results.allSatisfy(\.isEqual) }
  /// Whether the files on disk are what was stored, too.
  public var isFine: Bool { isEqual && results.allSatisfy { $0.file == .stored } }

  /// Makes `count` finished pictures of a run again, or all when there are fewer.
  ///
  /// - Parameters:
  ///   - seed: decides which ones.
  ///   - folders: where the run's pictures are.
  ///   - didMake: told the number of pictures done and of all.
  /// - Throws: ``EvaluationError/otherModel(run:stored:given:)`` unless the engine's model is the run's own,
  ///   ``EvaluationError/nothingToVerify(run:)``, `CancellationError`, or the engine's own errors.
  public init(
    of contents: RunContents, folders: PictureFolders, engine: any PictureEngine, count: Int, seed: Seed,
    cancellation: Cancellation = Cancellation(), didMake: (Int, Int) -> Void = { _, _ in }
  ) throws {
    let run = contents.run
    guard engine.model.fingerprint == run.modelFingerprint else {
      throw EvaluationError.otherModel(run: run.name, stored: run.model, given: engine.model)
    }
    let chosen = Self.choose(count, of: contents.samples.filter { $0.state == .done }, seed: seed)
    guard !chosen.isEmpty else { throw EvaluationError.nothingToVerify(run: run.name) }
    let files = FileCheck(of: chosen, in: contents, folders: folders)
    var making = PictureMaking(engine)
    var results: [Result] = []
    for checked in files.results {
      try engine.validate(checked.variant.recipe)
      let request = PictureRequest(
        checked.variant.recipe, prompt: checked.prompt.text, seed: checked.sample.seed)
      switch try making.make(request, PictureObserver(cancellation)) {
      case .failed(let error): throw error
      case .made(let made):
        results.append(try Result(checked, made, request, of: run))
      }
      didMake(results.count, chosen.count)
    }
    self.results = results
    let machines = results.compactMap { contents.execution(of: $0.sample)?.machine }
    var seen: Set<String> = []
    reasons = machines.flatMap(MachineDescription.current.differences).filter { seen.insert($0).inserted }
  }

  /// The first `count` of a random order, in the store's order.
  private static func choose(_ count: Int, of samples: [SampleRecord], seed: Seed) -> [SampleRecord] {
    var generator = TorchGenerator(seed: seed.value)
    var rest = samples
    var chosen: [SampleRecord] = []
    while chosen.count < count, !rest.isEmpty {
      chosen += generator.randint(1, below: rest.count).map { rest.remove(at: $0) }
    }
    return chosen.sorted { $0.id < $1.id }
  }
}
