public import ArgumentParser
import CLIPModels
public import Checkpoints
import DemoCheckpoint
import Engines
import Foundation
import Pictures
import Scoring
import StableDiffusion
import Tensors

extension WeightsResidency: ExpressibleByArgument {}

/// Which checkpoints to load, and on how many threads to run them.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A Stable Diffusion 1.x, 2.x or XL folder in diffusers layout (default: the bundled demonstration model).",
      valueName: "dir"),
    completion: .directory)
  var model: String?

  @Option(
    help: ArgumentHelp(
      "A CLIP folder that scores, as transformers saves it; repeatable, the first counts (default: the model "
        + "folder's own `clip`, as the demonstration model has; without one, CLIP scores are left out).",
      valueName: "dir"),
    completion: .directory)
  var clip: [String] = []

  @Option(
    help: """
      How half-precision weights are kept: stored is as in the file and widened where used, fp32 is widened \
      when loaded and takes twice the memory. Results have the same bits.
      """)
  var weightsResident: WeightsResidency = .stored

  @Option(help: ArgumentHelp("Threads to compute on (default: one per core).", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads { try OptionRange.check("threads", threads, OptionRange.threads) }
  }

  func setThreads() {
    if let threads { Parallel.threadCount = threads }
  }

  func modelFolder() throws -> URL {
    try model.map { URL(fileURLWithPath: $0, isDirectory: true) } ?? DemoCheckpoint.folder()
  }

  func loadPipeline() throws -> DiffusionPipeline {
    setThreads()
    return try DiffusionPipeline(modelFolder(), resident: weightsResident, cache: DigestCache())
  }

  /// What the model's folder calls itself, or is called.
  private func modelName() throws -> String {
    let folder = try modelFolder()
    return try defaults(folder).name ?? folder.lastPathComponent
  }

  private func defaults(_ folder: URL) throws -> PipelineDefaults {
    try PipelineDefaults(ModelDirectory(folder))
  }

  /// How many steps a picture has where nothing else is asked for.
  func defaultSteps() throws -> Int {
    try defaults(modelFolder()).options.steps
  }

  private func identity(of pipeline: DiffusionPipeline) throws -> ModelIdentity {
    try ModelIdentity(
      name: modelName(), fingerprint: pipeline.fingerprint, note: pipeline.defaults.note)
  }

  /// This program's own pipeline with the model.
  func loadEngine() throws -> BuiltinEngine {
    let pipeline = try loadPipeline()
    return BuiltinEngine(pipeline, model: try identity(of: pipeline))
  }

  /// Where the CLIP checkpoints are; empty when there is none.
  func clipFolders() throws -> [URL] {
    guard clip.isEmpty else { return clip.map { URL(fileURLWithPath: $0, isDirectory: true) } }
    let own = try modelFolder().appendingPathComponent("clip", isDirectory: true)
    return FileManager.default.fileExists(atPath: own.path) ? [own] : []
  }

  /// Says so when there is none.
  func loadClip() throws -> [CLIPScorer] {
    setThreads()
    let scorers = try clipFolders().map { folder in
      let model = try CLIPModel(ModelDirectory(folder, cache: DigestCache()))
      let name = clip.isEmpty ? "\(try modelName())/clip" : folder.lastPathComponent
      return CLIPScorer(
        model: model, identity: ModelIdentity(name: name, fingerprint: try model.fingerprint))
    }
    if scorers.isEmpty {
      Terminal.warn("no CLIP checkpoint: CLIP scores are left out; pass one with --clip DIR")
    }
    return scorers
  }
}
