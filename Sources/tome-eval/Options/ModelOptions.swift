public import ArgumentParser
import CLIPModels
public import Checkpoints
import DemoCheckpoint
import Evaluation
import Foundation
import StableDiffusion
import Tensors

extension WeightsResidency: ExpressibleByArgument {}

/// Which checkpoints to load, and on how many threads to run them.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A Stable Diffusion 1.x or 2.x folder in diffusers layout (default: the bundled demonstration model).",
      valueName: "dir"),
    completion: .directory)
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The CLIP folder that scores, as transformers saves it (default: the model folder's own `clip`, "
        + "as the demonstration model has; without one, CLIP scores are left out).",
      valueName: "dir"),
    completion: .directory)
  var clip: String?

  @Option(
    help: """
      How half-precision weights are kept: stored is as in the file and widened where used, fp32 is widened \
      when loaded and takes twice the memory. Results have the same bits.
      """)
  var weightsResident: WeightsResidency = .stored

  @Option(help: ArgumentHelp("Threads to compute on (default: one per core).", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be 1 or more, it is \(threads)") }
  }

  func setThreads() {
    if let threads { Parallel.threadCount = threads }
  }

  func modelFolder() throws -> URL {
    try model.map { URL(fileURLWithPath: $0, isDirectory: true) } ?? DemoCheckpoint.folder()
  }

  func loadPipeline() throws -> DiffusionPipeline {
    setThreads()
    return try DiffusionPipeline(modelFolder(), resident: weightsResident)
  }

  /// What the model's folder calls itself, or is called.
  private func modelName() throws -> String {
    let folder = try modelFolder()
    let defaults = try? ModelDirectory(folder).decode(PipelineDefaults.self, from: "tome-eval.json")
    return defaults?.name ?? folder.lastPathComponent
  }

  func identity(of pipeline: DiffusionPipeline) throws -> ModelIdentity {
    try ModelIdentity(
      name: modelName(),
      fingerprint: pipeline.fingerprint, note: pipeline.defaults.note)
  }

  /// Where the CLIP checkpoint is, nil when there is none.
  func clipFolder() throws -> URL? {
    if let clip { return URL(fileURLWithPath: clip, isDirectory: true) }
    let own = try modelFolder().appendingPathComponent("clip", isDirectory: true)
    return FileManager.default.fileExists(atPath: own.path) ? own : nil
  }

  func loadClip() throws -> CLIPScorer? {
    setThreads()
    guard let folder = try clipFolder() else { return nil }
    let directory = try ModelDirectory(folder)
    let name = clip == nil ? "\(try modelName())/clip" : folder.lastPathComponent
    return CLIPScorer(
      model: try CLIPModel(directory),
      identity: ModelIdentity(name: name, fingerprint: try directory.fingerprint()))
  }
}
