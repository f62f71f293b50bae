public import Foundation
import Images
import Machine
public import Pictures
import Synchronization
public import TokenMerging

/// Pictures by another program that speaks the worker's protocol: diffusers with tomesd in the user's own Python, or
/// whatever a user writes.
public final class WorkerEngine: PictureEngine {
  public let identity: EngineIdentity
  public let model: ModelIdentity
  let introduction: WorkerMessage.Introduction
  private let connection: Mutex<Connection>
  private let precision: PrecisionName
  private let folder: URL

  /// What a mutex keeps: used by one thread at a time.
  private struct Connection: @unchecked Sendable { let worker: WorkerConnection }

  /// Starts the worker.
  ///
  /// - Parameters:
  ///   - name: as `--engine` has it
  ///   - command: the program and its arguments
  ///   - model: what it is told to load; nil where that is its own business
  ///   - identity: of the model, where this program knows it
  ///   - device: nil for the worker's own choice
  ///   - timeout: the longest that a picture, or loading the model, may take
  ///   - folder: where the worker writes pictures before they are taken; made, and removed with the engine
  /// - Throws: ``EngineError`` with what the worker says
  public init(
    name: String, command: [String], model: String?, identity known: ModelIdentity?, device: String?,
    precision: PrecisionName, timeout: Duration, folder: URL
  ) throws(EngineError) {
    let worker = try WorkerConnection(
      command, hello: .init(model: model, device: device, precision: precision.rawValue), timeout: timeout)
    introduction = worker.introduction
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw .worker("\(folder.path): cannot be made: \(error.localizedDescription)")
    }
    self.folder = folder
    self.precision = precision
    // Its own, and those of what it is made of.
    let others = (introduction.versions ?? [:]).filter { $0.key != name }.sorted { $0.key < $1.key }
      .map { "\($0.key) \($0.value)" }
    let versions = (introduction.version.map { [$0] } ?? []) + others
    identity = EngineIdentity(
      name: name, version: versions.isEmpty ? nil : versions.joined(separator: ", "),
      device: introduction.device)
    let modelName =
      introduction.model ?? model.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "unknown model"
    self.model = known ?? ModelIdentity(name: modelName, hash: introduction.modelHash, settings: [:])
    connection = Mutex(Connection(worker: worker))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  public func resolve(_ wish: SamplingWish) throws(EngineError) -> Sampling {
    let defaults = introduction.defaults
    try wish.refuseOwn(
      by: "this engine", apartFrom: ["--eta", "--original-size", "--crop", "--precision"])
    let size = wish.size ?? defaults?.width.flatMap { width in defaults?.height.map { (width, $0) } }
    guard let size else { throw .worker("this engine has no size of its own: pass one with --size") }
    let framing = Framing(
      original: wish.originalSize, crop: wish.crop, width: size.width, height: size.height)
    guard framing == nil || introduction.framing == true else {
      throw .worker("--original-size and --crop are for SDXL: this engine's model is not told of sizes")
    }
    return wish.settled(
      steps: defaults?.steps, guidanceScale: defaults?.guidanceScale, width: size.width, height: size.height,
      framing: framing, scheduler: .checkpoint, precision: precision)
  }

  public func validate(_ recipe: PictureRecipe) throws(EngineError) {
    let sampling = recipe.sampling
    if sampling.steps == nil { throw .incomplete(.steps) }
    if sampling.guidanceScale == nil { throw .incomplete(.guidanceScale) }
    if let known = introduction.schedulers, sampling.scheduler != .checkpoint,
      !known.contains(sampling.scheduler.rawValue)
    {
      throw .unknownName("scheduler", value: sampling.scheduler.rawValue, known: known)
    }
    if let factor = introduction.factor, sampling.width % factor != 0 || sampling.height % factor != 0 {
      throw .worker("size \(sampling.width)x\(sampling.height): this model needs multiples of \(factor)")
    }
    guard let merging = recipe.merging else { return }
    guard [.tomesd, .webui].contains(merging.variant) else {
      throw .worker(
        "merge-variant \(merging.variant.rawValue) is no rule of tomesd: this engine cannot merge so")
    }
    if let known = introduction.merging,
      let other = merging.differingArgument(from: MergingOptions(ratio: merging.ratio), apartFrom: known)
    {
      throw .worker("this engine cannot set \(other)")
    }
  }

  public func attendingGrids(_ sampling: Sampling) -> [TokenGrid] {
    // A worker that does not tell is taken to attend at the latents' resolution, as Stable Diffusion does.
    let factor = introduction.factor ?? 8
    let grids = introduction.grids ?? [.init(downsample: 1, blocks: 1)]
    return grids.map { grid in
      let side = factor * grid.downsample
      return TokenGrid(
        width: (sampling.width + side - 1) / side, height: (sampling.height + side - 1) / side,
        downsample: grid.downsample, blocks: grid.blocks)
    }
  }

  /// Of every process that is started, see ``WorkerConnection/generate(isCancelled:_:)``.
  public var warmUp: String? { "the first picture is made twice, and the first time does not count" }

  public func begin(prompt: String, sampling: Sampling) throws(EngineError) -> any EnginePrompt {
    StatelessPrompt { [self] request, observer in try make(request, observer) }
  }

  private func make(_ request: PictureRequest, _ observer: PictureObserver) throws -> MadePicture {
    let sampling = request.recipe.sampling
    guard let steps = sampling.steps, let guidanceScale = sampling.guidanceScale else {
      throw EngineError.incomplete(sampling.steps == nil ? .steps : .guidanceScale)
    }
    let output = folder.appendingPathComponent("picture.png")
    defer { try? FileManager.default.removeItem(at: output) }
    let answer = try connection.withLock { connection in
      try connection.worker.generate(isCancelled: { observer.cancellation.isRequested }) { id in
        WorkerMessage.Generate(
          id: id, prompt: request.prompt, negativePrompt: sampling.negativePrompt, seed: request.seed.value,
          width: sampling.width, height: sampling.height, steps: steps, guidanceScale: guidanceScale,
          scheduler: sampling.scheduler == .checkpoint ? nil : sampling.scheduler.rawValue,
          eta: sampling.eta == 0 ? nil : sampling.eta,
          originalSize: sampling.originalSize.map { [$0.width, $0.height] },
          crop: sampling.crop.map { [$0.left, $0.top] },
          merging: request.recipe.merging.map { TomesdArguments($0) }, output: output.path)
      }
    }
    guard answer.seconds.isFinite, answer.seconds > 0 else {
      throw EngineError.worker("the worker says that a picture took \(answer.seconds) s")
    }
    let image: RGBImage
    do throws(ImageError) { image = try PNGCodec.decode(output).image } catch {
      throw EngineError.worker("the worker's picture: \(error)")
    }
    guard (image.width, image.height) == (sampling.width, sampling.height) else {
      throw EngineError.worker(
        "the worker's picture is \(image.width)x\(image.height), asked for was \(sampling.width)x\(sampling.height)"
      )
    }
    var made = MadePicture(image: image, seconds: answer.seconds)
    made.secondsPerStep = answer.secondsPerStep
    made.peakMemoryBytes = answer.peakMemoryBytes
    return made
  }
}

extension WorkerEngine {
  /// The worker that drives diffusers and tomesd, in Python.
  public static var diffusersScript: String {
    String(decoding: PackageResources.diffusers_worker_py, as: UTF8.self)
  }
}
