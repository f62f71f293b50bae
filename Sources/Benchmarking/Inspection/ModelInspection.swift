import CLIPModels
public import CheckpointForms
public import Checkpoints
import Foundation
import SamplerNames
public import StableDiffusion
import Tensors

/// What a checkpoint's files say of it, and everything that is wrong with them: headers and configurations are read,
/// weights are not.
public struct ModelInspection: Sendable {
  /// One of its parts, as `unet`.
  public struct Part: Sendable, Encodable {
    public let name: String
    public let weights: Int
    public let tensors: Int
    /// Of all tensors as they are stored.
    public let bytes: Int
    /// Weights by element type, as in `F16`.
    public let types: [String: Int]
    /// Weights by place, in the order of the names.
    public let blocks: [Block]
  }

  public struct Block: Sendable, Encodable {
    public let name: String
    public let weights: Int
  }

  public let name: String
  public let path: String
  /// Nil where the files fit no pipeline.
  public let family: String?
  /// What its files say of where it comes from, as in `unet: runwayml/stable-diffusion-v1-5`.
  public let origins: [String]
  /// Class and name of its own scheduler.
  public let scheduler: String?
  public let parts: [Part]
  /// What was decided where the files leave a choice.
  public let notes: [String]
  /// Sentences, each with file and field.
  public let problems: [String]
  /// Nil where there are problems.
  public let pipeline: DiffusionPipeline?

  /// - Throws: `CheckpointError` when there is no checkpoint at that place.
  public init(_ location: CheckpointLocation) throws(CheckpointError) {
    let checkpoint = try location.open()
    let files = checkpoint.files
    name = (try? PipelineDefaults(files).name) ?? checkpoint.name
    path = files.path
    notes = checkpoint.notes
    var problems: [String] = []
    func collect(_ look: () throws -> Void) {
      do { try look() } catch {
        // What is wrong with a part is wrong with the whole, too.
        if !problems.contains("\(error)") { problems.append("\(error)") }
      }
    }
    let names = Self.partNames.filter { files.has($0) || !Self.optionalParts.contains($0) }
    var parts: [Part] = []
    for name in names {
      collect { parts.append(try Part(name, files.component(name).tensors())) }
    }
    var pipeline: DiffusionPipeline?
    collect { pipeline = try DiffusionPipeline(files) }
    if pipeline == nil {
      // It ends at the first fault; the parts may have others.
      collect { _ = try UNet2DConditionModel(files.component("unet")) }
      collect { _ = try AutoencoderClass.load(files.component("vae")) }
      collect { _ = try CLIPTextModel(files.component("text_encoder")) }
      collect { _ = try CLIPTokenizer(files.component("tokenizer")) }
    }
    self.parts = parts
    self.problems = problems
    self.pipeline = pipeline
    family = pipeline?.family.description
    origins = Self.origins(files, names)
    let configuration = try? files.component("scheduler").fields(of: "scheduler_config.json")
    scheduler = (try? configuration?.text("_class_name")).map { className in
      className + (pipeline?.schedulerKind.map { ", as --scheduler \($0.rawValue)" } ?? "")
    }
  }

  private static let partNames = ["unet", "vae", "text_encoder", "text_encoder_2"]
  private static let optionalParts: Set = ["text_encoder_2"]

  /// `_name_or_path` of the configurations, and what a single file's header tells people.
  private static func origins(_ files: any ModelFiles, _ names: [String]) -> [String] {
    var origins: [String] = []
    for name in names {
      let fields = try? files.component(name).fields(of: "config.json")
      if case .string(let origin)? = fields?.value("_name_or_path"), !origin.isEmpty {
        origins.append("\(name): \(origin)")
      }
    }
    let metadata = (try? files.component("unet").tensors().metadata) ?? [:]
    for key in [
      "modelspec.title", "modelspec.architecture", "modelspec.author", "modelspec.license", "sd_merge_models",
    ] {
      if let text = metadata[key], !text.isEmpty { origins.append("\(key): \(text)") }
    }
    return origins
  }
}

extension ModelInspection.Part {
  fileprivate init(_ name: String, _ tensors: any TensorSource) {
    self.name = name
    self.tensors = tensors.keys.count
    weights = tensors.weightCount
    var (types, blocks, bytes): ([String: Int], [String: Int], Int) = ([:], [:], 0)
    for key in tensors.keys {
      let count = tensors.shape(of: key)?.count ?? 0
      let type = tensors.type(of: key)
      types[type ?? "unknown", default: 0] += count
      bytes += count * (type.flatMap { Self.sizes[$0] } ?? 4)
      blocks[Self.place(key), default: 0] += count
    }
    (self.types, self.bytes) = (types, bytes)
    self.blocks = blocks.keys.sorted().map { ModelInspection.Block(name: $0, weights: blocks[$0] ?? 0) }
  }

  private static let sizes = ["F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I8": 1, "U8": 1]

  /// The first word of a tensor's name, with a number behind it: `down_blocks.0`, `conv_in`.
  private static func place(_ key: String) -> String {
    let words = key.split(separator: ".")
    return words.prefix(words.count > 1 && Int(words[1]) != nil ? 2 : 1).joined(separator: ".")
  }
}
