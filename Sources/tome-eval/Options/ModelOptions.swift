public import ArgumentParser
import CLIPModels
import CheckpointForms
public import Checkpoints
import Engines
import Foundation
import Images
import Pictures
import Scoring
import StableDiffusion
import Wording

extension WeightsResidency: ExpressibleByArgument {}

/// Which checkpoints to load, and on what to run them.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A Stable Diffusion 1.x, 2.x or XL checkpoint: a folder in diffusers layout, a single safetensors file, or "
        + "org/name or org/name@revision in the Hugging Face cache (default: the bundled demonstration model).",
      valueName: "model"),
    completion: .file())
  var model: String?

  @OptionGroup var form: CheckpointFormOptions
  @OptionGroup var adapters: AdapterOptions

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

  @OptionGroup var processor: ProcessorOptions

  func location() throws -> CheckpointLocation {
    var location = try form.location(of: model)
    location.loras = adapters.loras
    return location
  }

  func open() throws -> OpenCheckpoint {
    try location().open(resident: weightsResident, cache: DigestCache())
  }

  /// What the model's folder calls itself, or is called.
  private func modelName() throws -> String { try open().title() }

  /// How many steps a picture has where nothing else is asked for.
  func defaultSteps() throws -> Int { try PipelineDefaults(open().files).options.steps }

  /// Told from the model alone by what was added to it.
  private static func identity(
    of pipeline: DiffusionPipeline, _ checkpoint: OpenCheckpoint, _ words: [TextualInversion]
  ) throws -> ModelIdentity {
    let loras = checkpoint.loras.map { lora in
      ModelReference.Adapter(name: lora.name, fingerprint: lora.fingerprint, scale: lora.scale)
    }
    let words = words.map { word in
      ModelReference.Word(token: word.token, fingerprint: word.fingerprint)
    }
    return ModelIdentity(
      name: ([try checkpoint.title()] + loras.map(\.title) + words.map(\.token)).joined(separator: " + "),
      reference: ModelReference(fingerprint: try pipeline.fingerprint, adapters: loras, words: words),
      note: pipeline.defaults.note)
  }

  /// This program's own pipeline with the model. Says what was decided where the model's files leave a choice.
  /// - Parameter initImage: what its pictures can be begun from
  func loadEngine(initImage: RGBImage? = nil) throws -> BuiltinEngine {
    try processor.use()
    let checkpoint = try open()
    let words = try adapters.words()
    for note in checkpoint.notes + words.map(\.note) { Terminal.log(note) }
    let pipeline = try DiffusionPipeline(checkpoint.files, words: words)
    return BuiltinEngine(
      pipeline, model: try Self.identity(of: pipeline, checkpoint, words), initImage: initImage)
  }

  /// What says which model to load, and how.
  var modelOptions: [(name: String, isGiven: Bool)] {
    [
      ("model", model != nil), ("variant", form.variant != nil), ("vae", form.vae != nil),
      ("config", form.config != nil), ("tokenizer", form.tokenizer != nil), ("ema", form.ema),
      ("weights-resident", weightsResident != .stored),
    ]
  }

  /// Where the CLIP checkpoints are; empty when there is none.
  /// - Parameter hasModel: whether the pictures are of this model, whose folder may have one
  func clipFolders(hasModel: Bool = true) throws -> [URL] {
    guard clip.isEmpty else { return clip.map { URL(fileURLWithPath: $0, isDirectory: true) } }
    guard hasModel else { return [] }
    let files = try open().files
    return files.has("clip") ? [URL(fileURLWithPath: files.path(of: "clip"), isDirectory: true)] : []
  }

  /// Says so when there is none.
  func loadClip(hasModel: Bool = true) throws -> [CLIPScorer] {
    try processor.use()
    let scorers = try clipFolders(hasModel: hasModel).map { folder in
      try CLIPScorer(folder, name: clip.isEmpty ? "\(try modelName())/clip" : folder.lastPathComponent)
    }
    if scorers.isEmpty {
      Terminal.warn("no CLIP checkpoint: CLIP scores are left out; pass one with --clip DIR")
    }
    return scorers
  }
}

extension OpenCheckpoint {
  /// What it calls itself, or is called.
  fileprivate func title() throws -> String { try PipelineDefaults(files).name ?? name }
}

extension TextualInversion {
  /// What a user may want to know of it.
  var note: String { "embedding \(token): \(NumberText.count(count, "vector"))" }
}

extension ModelReference.Adapter {
  /// As it was asked for.
  fileprivate var title: String { "\(name ?? "LoRA"):\(NumberText.exact(scale))" }
}

extension CLIPScorer {
  init(_ folder: URL, name: String) throws {
    let model = try CLIPModel(ModelDirectory(folder, cache: DigestCache()))
    self.init(model: model, identity: ModelIdentity(name: name, fingerprint: try model.fingerprint))
  }
}
