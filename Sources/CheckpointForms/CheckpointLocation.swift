public import Checkpoints
public import Foundation

/// Where a checkpoint is, in whichever form people have it, and what stands in for parts that it lacks.
public struct CheckpointLocation: Sendable, Hashable, Codable {
  /// A diffusers folder, a single safetensors file, or the name of a model in the Hugging Face cache, `org/name` or
  /// `org/name@revision`.
  public var path: String
  /// Of a folder's weights, as in `fp16`; nil for the first that is there.
  public var variant: String?
  /// A safetensors file, or a folder, whose autoencoder takes the place of the checkpoint's own.
  public var vae: String?
  /// A folder of diffusers' configuration files, which decide where a single file's tensors would.
  public var configuration: String?
  /// A folder with a single file's tokenizer.
  public var tokenizer: String?
  /// Whether a single file's averaged weights (EMA) are taken for the UNet.
  public var usesEMA: Bool
  /// Added to the weights in their order.
  public var loras: [LoRAChoice]

  public init(
    path: String, variant: String? = nil, vae: String? = nil, configuration: String? = nil,
    tokenizer: String? = nil, usesEMA: Bool = false, loras: [LoRAChoice] = []
  ) {
    self.path = path
    self.variant = variant
    self.vae = vae
    self.configuration = configuration
    self.tokenizer = tokenizer
    self.usesEMA = usesEMA
    self.loras = loras
  }

  /// Finds out which form it is and opens it as the folder that diffusers would make of it.
  /// - Parameters:
  ///   - resident: how weights are kept in memory
  ///   - cache: where the digests of large files are looked up and kept; nil reads the files each time
  ///   - environment: says where the Hugging Face cache is, see ``HubCache/init(environment:)``
  /// - Throws: ``CheckpointError`` saying which file is missing or not what it should be, and what to do.
  public func open(
    resident: WeightsResidency = .stored, cache: DigestCache? = nil,
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(CheckpointError) -> OpenCheckpoint {
    let reading = Reading(resident: resident, cache: cache, hub: HubCache(environment: environment))
    return try opened(reading).adapted(by: loras)
  }

  /// As it is on disk.
  private func opened(_ reading: Reading) throws(CheckpointError) -> OpenCheckpoint {
    switch try form(reading) {
    case .folder(let url):
      return try folder(ModelDirectory(reading, url, variant: variant), name: nil, reading)
    case .cached(let name, let url):
      let files = try ModelDirectory(reading, url, variant: variant)
      try requireModel(files)
      try name.requireWhole(files)
      return try folder(files, name: "\(name)", reading)
    case .file(let url):
      try require(variant == nil, "a single file has no variants; leave the variant out")
      return try SingleFile(url, reading, usesEMA: usesEMA).assembled(self, reading)
    }
  }

  private enum Form {
    case folder(URL)
    case file(URL)
    case cached(HubName, URL)
  }

  /// What is no model's name in the cache, but that of a file that is not there.
  private static let fileSuffixes = ["safetensors", "ckpt", "pt", "pth", "bin", "gguf"]

  private func form(_ reading: Reading) throws(CheckpointError) -> Form {
    let url = URL(fileURLWithPath: path)
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) {
      return isDirectory.boolValue ? .folder(url) : .file(url)
    }
    guard let name = HubName(path), !Self.fileSuffixes.contains(url.pathExtension.lowercased()) else {
      throw .missingFile(
        path: url.path,
        hint: "expected a diffusers folder, a single safetensors file, or org/name in the Hugging Face cache")
    }
    return .cached(name, try reading.hub.snapshot(of: name, variant: variant))
  }

  private func folder(
    _ files: ModelDirectory, name: String?, _ reading: Reading
  ) throws(CheckpointError) -> OpenCheckpoint {
    try require(configuration == nil, "a folder has its own configuration; leave the other out")
    try require(tokenizer == nil, "a folder has its own tokenizer; leave the other out")
    try require(!usesEMA, "only single files have averaged weights beside the others; leave the wish out")
    try requireModel(files)
    let name = name ?? files.url.lastPathComponent
    guard let vae else { return OpenCheckpoint(files: files, name: name, notes: []) }
    let own = files.has("vae/config.json") ? try files.component("vae").fields(of: "config.json") : nil
    let part = try AutoencoderPlace(vae, reading).part(
      scalingFactor: own?.number("scaling_factor", .factor) ?? Family.v1.scalingFactor)
    var assembled = AssembledFiles(path: files.path, resident: files.resident, base: files)
    assembled.parts["vae"] = part
    return OpenCheckpoint(files: assembled, name: name, notes: [])
  }

  /// Tells a folder in which single files are kept from one that is a model.
  private func requireModel(_ files: ModelDirectory) throws(CheckpointError) {
    guard !files.has("model_index.json"), !files.has("unet") else { return }
    // A model's name may be given where only its single file was fetched, too.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: files.path))?.sorted() ?? []
    guard let first = names.first(where: { $0.hasSuffix(".safetensors") }) else { return }
    throw .unreadable(
      path: files.path,
      reason: "is no diffusers folder, which has a model_index.json; to load a single file, "
        + "name the file itself, as in \(files.path(of: first))")
  }

  private func require(_ holds: Bool, _ reason: String) throws(CheckpointError) {
    if !holds { throw .unreadable(path: path, reason: reason) }
  }
}

/// A checkpoint as the folder that diffusers would make of it.
public struct OpenCheckpoint: Sendable {
  public let files: any ModelFiles
  /// What it is called: after its folder or file, or in the Hugging Face cache.
  public let name: String
  /// Sentences on what was decided where the files leave a choice, and on what was added.
  public let notes: [String]
  /// What was added to the weights, in that order.
  public var loras: [AppliedLoRA] = []
}

/// How files are read.
struct Reading: Sendable {
  let resident: WeightsResidency
  let cache: DigestCache?
  let hub: HubCache
}

extension ModelDirectory {
  init(_ reading: Reading, _ url: URL, variant: String? = nil) throws(CheckpointError) {
    try self.init(url, resident: reading.resident, variant: variant, cache: reading.cache)
  }
}
