public import Foundation
public import Tensors

/// A miniature of `Tests/Reference/single_files.py`: the same model as a folder of diffusers and as one file in the
/// naming of its training code.
public struct SingleFileFixture: Sendable {
  /// Of Stable Diffusion 1.x, 2.x and XL.
  public enum Version: String, CaseIterable, Sendable {
    case sd1
    case sd2
    case sdxl
  }

  private struct Settings: Decodable {
    let `class`: String
    /// Of every tensor of the single file, those it is made of, one below the other: part and key.
    let tensors: [String: [String]]
    /// Of those that have another shape in the single file.
    let shapes: [String: [Int]]
    /// Those whose axes have changed places.
    let turned: [String]
  }

  public let version: Version
  private let fixture: Fixture
  private let settings: Settings

  public init(_ version: Version) throws {
    self.version = version
    fixture = try Fixture("SingleFiles", version.rawValue)
    settings = try fixture.settings(Settings.self)
  }

  /// The parts that have weights.
  public var models: [String] {
    ["unet", "vae", "text_encoder"] + (version == .sdxl ? ["text_encoder_2"] : [])
  }

  /// The tokenizers, with what each fills texts up with.
  public var tokenizers: [String: String] {
    switch version {
    case .sd1: ["tokenizer": "<|endoftext|>"]
    case .sd2: ["tokenizer": "!"]
    case .sdxl: ["tokenizer": "<|endoftext|>", "tokenizer_2": "!"]
    }
  }

  /// The weights of one of ``models``, by their keys in its folder.
  public func weights(_ model: String) throws -> [String: Tensor] { try fixture.weights(model) }

  /// A part's configuration, as diffusers or transformers have saved it.
  public func configuration(_ part: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: fixture.configuration(part)) as? [String: Any] ?? [:]
  }

  /// What the parts are, as an index names it.
  private static let kinds = [
    "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "tokenizer": ["transformers", "CLIPTokenizer"], "tokenizer_2": ["transformers", "CLIPTokenizer"],
  ]

  /// The model as `save_pretrained` writes it.
  public func writeFolder(to folder: URL, type: SafetensorsWriter.ElementType = .f32) throws {
    for model in models {
      try fixture.writeModel(
        model, to: folder.appendingPathComponent(model), type: type,
        weightsName: model.hasPrefix("text") ? "model.safetensors" : "diffusion_pytorch_model.safetensors")
    }
    try fixture.writeModel(
      "scheduler", to: folder.appendingPathComponent("scheduler"), configurationName: "scheduler_config.json")
    var index: [String: Any] = ["_class_name": settings.class, "safety_checker": [NSNull(), NSNull()]]
    for part in models + tokenizers.keys { index[part] = Self.kinds[part] }
    let scheduler = try JSONSerialization.jsonObject(
      with: Data(contentsOf: folder.appendingPathComponent("scheduler/scheduler_config.json")))
    index["scheduler"] = ["diffusers", (scheduler as? [String: Any])?["_class_name"] as? String ?? ""]
    try JSONSerialization.data(withJSONObject: index).write(
      to: folder.appendingPathComponent("model_index.json"))
    for (name, padding) in tokenizers {
      try Self.writeTokenizer(to: folder.appendingPathComponent(name), padding: padding)
    }
  }

  /// The demonstration model's tokenizer, which fills texts up with another token.
  public static func writeTokenizer(to folder: URL, padding: String = "<|endoftext|>") throws {
    try FileManager.default.createDirectory(
      at: folder.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: Fixture.root.appendingPathComponent("../../Sources/DemoCheckpoint/checkpoint/tokenizer")
        .standardizedFileURL, to: folder)
    for name in ["tokenizer_config.json", "special_tokens_map.json"] {
      let file = folder.appendingPathComponent(name)
      var fields = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
      fields["pad_token"] = padding
      try JSONSerialization.data(withJSONObject: fields).write(to: file)
    }
  }

  /// The tensors of the single file.
  public func tensors() throws -> [String: Tensor] {
    var weights: [String: Tensor] = [:]
    for model in models {
      for (key, tensor) in try fixture.weights(model) { weights["\(model)/\(key)"] = tensor }
    }
    var tensors: [String: Tensor] = [:]
    for (name, sources) in settings.tensors {
      let parts = try sources.map { source in
        guard let tensor = weights[source] else { throw FixtureError(file: "\(version)", lacks: source) }
        return settings.turned.contains(name) ? tensor.turned() : tensor
      }
      let whole = Tensor.concatenating(parts)
      tensors[name] = settings.shapes[name].map { whole.reshaped(Shape($0)) } ?? whole
    }
    for (name, plan) in fixture.inputs { tensors[name] = plan.tensor(named: name) }
    return tensors
  }

  /// The averaged weights that training keeps beside the UNet's own, here half of them.
  public func averaged(_ tensors: [String: Tensor]) -> [String: Tensor] {
    let prefix = "model."
    return Dictionary(
      uniqueKeysWithValues: tensors.filter { $0.key.hasPrefix("model.diffusion_model.") }.map { key, tensor in
        ("model_ema." + key.dropFirst(prefix.count).replacing(".", with: ""), tensor * 0.5)
      })
  }
}

extension SafetensorsWriter {
  /// Writes tensors by their names.
  public static func write(
    _ tensors: [String: Tensor], type: ElementType = .f32, to url: URL, metadata: [String: String] = [:]
  ) throws {
    try write(
      tensors.map { (name: $0.key, tensor: $0.value) }, type: type, to: url, metadata: metadata)
  }
}

extension Tensor {
  /// Of a matrix, columns as rows.
  fileprivate func turned() -> Tensor {
    let (rows, columns, values) = (shape[0], shape[1], values)
    return Tensor(
      (0..<columns).flatMap { column in (0..<rows).map { values[$0 * columns + column] } },
      shape: [columns, rows])
  }
}
