import Checkpoints
public import Foundation
import Images
public import ResultStore
public import StableDiffusion
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
    public let latentsHash: String
    public let imageHash: String
    public let picture: Picture

    public var hasEqualLatents: Bool { latentsHash == sample.latentsHash }
    public var isEqual: Bool { hasEqualLatents && picture != .different }
  }

  public let results: [Result]
  /// What makes differences likely, a sentence each: another machine than the run's.
  public let reasons: [String]

  public var isEqual: Bool { results.allSatisfy(\.isEqual) }

  /// Makes `count` finished pictures of a run again, or all when there are fewer.
  ///
  /// - Parameters:
  ///   - seed: decides which ones.
  ///   - folder: the run's.
  ///   - didMake: told the number of pictures done and of all.
  /// - Throws: ``EvaluationError/otherModel(run:stored:given:)`` unless `model` is the run's own,
  ///   ``EvaluationError/nothingToVerify(run:)``, `CancellationError`, or the pipeline's own errors.
  public init(
    of contents: RunContents, folder: URL, pipeline: DiffusionPipeline, model: ModelIdentity, count: Int,
    seed: Int, cancellation: Cancellation = Cancellation(), didMake: (Int, Int) -> Void = { _, _ in }
  ) throws {
    let run = contents.run
    guard model.fingerprint == run.modelFingerprint else {
      throw EvaluationError.otherModel(
        run: run.name, stored: ModelIdentity(name: run.modelName, fingerprint: run.modelFingerprint),
        given: model)
    }
    let chosen = Self.choose(count, of: contents.samples.filter { $0.state == .done }, seed: seed)
    guard !chosen.isEmpty else { throw EvaluationError.nothingToVerify(run: run.name) }
    let prompts = Dictionary(uniqueKeysWithValues: contents.prompts.map { ($0.id, $0) })
    let variants = Dictionary(uniqueKeysWithValues: contents.variants.map { ($0.id, $0) })
    var results: [Result] = []
    for sample in chosen {
      guard let prompt = prompts[sample.promptID], let variant = variants[sample.variantID] else { continue }
      var options = try SamplingOptions(run.settings, of: pipeline)
      options.steps = variant.steps ?? options.steps
      let made = try PictureMaker(pipeline, prompt: prompt.text, options: options)
        .picture(seed: sample.seed, merging: variant.merging, cancellation: cancellation)
      var settings = run.settings
      settings.steps = options.steps
      let identity = PictureIdentity(
        modelFingerprint: run.modelFingerprint, prompt: prompt.text, seed: sample.seed, settings: settings,
        merging: variant.merging)
      let text = PictureMetadata(identity: identity, modelName: run.modelName).textChunks
      let hash = SHA256.hex(of: try PNGCodec.encode(made.image, text: text))
      let stored = sample.imagePath.flatMap { try? PNGCodec.decode(folder.appendingPathComponent($0)).image }
      results.append(
        Result(
          sample: sample, prompt: prompt, variant: variant, latentsHash: made.latentsHash, imageHash: hash,
          picture: hash == sample.imageHash ? .equal : stored == made.image ? .samePixels : .different))
      didMake(results.count, chosen.count)
    }
    self.results = results
    reasons = MachineDescription.current.differences(from: run.machine)
  }

  /// The first `count` of a random order, in the store's order.
  private static func choose(_ count: Int, of samples: [SampleRecord], seed: Int) -> [SampleRecord] {
    var generator = TorchGenerator(seed: UInt64(bitPattern: Int64(seed)))
    var rest = samples
    var chosen: [SampleRecord] = []
    while chosen.count < count, !rest.isEmpty {
      chosen += generator.randint(1, below: rest.count).map { rest.remove(at: $0) }
    }
    return chosen.sorted { $0.id < $1.id }
  }
}

extension SamplingOptions {
  /// How the pictures of a run were sampled.
  fileprivate init(_ settings: RunSettings, of pipeline: DiffusionPipeline) throws {
    self.init(
      steps: settings.steps, guidanceScale: settings.guidanceScale, negativePrompt: settings.negativePrompt,
      width: settings.width, height: settings.height)
    // The checkpoint's own scheduler keeps what its configuration says beside the kind.
    let own = try SchedulerConfiguration(pipeline.directory.component("scheduler")).kind
    if settings.scheduler != own?.rawValue { scheduler = SchedulerKind(rawValue: settings.scheduler) }
    if let kernel = AttentionKernel(rawValue: settings.attention) { attention = kernel }
    if let name = settings.precision, let stored = Precision(rawValue: name) { precision = stored }
  }
}
