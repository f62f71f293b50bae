public import Checkpoints
public import Foundation
public import Tensors

/// One committed case of `Tests/Fixtures`: the settings and synthetic models of a run of the
/// reference, and the arrays it gave. Written by `Tests/Reference/fixture_io.py`.
public struct Fixture: Sendable {
  /// The versions of the reference's libraries.
  public let versions: [String: String]
  /// The plans of the run's inputs, by name.
  public let inputs: [String: SyntheticTensor]
  private let document: URL
  private let arrays: SafetensorsFile?

  /// A model of the case: the plan of its weights.
  private struct Model: Decodable {
    let plan: [String: SyntheticTensor]
  }

  private struct Document: Decodable {
    let versions: [String: String]
    let inputs: [String: SyntheticTensor]
  }

  private struct Settings<Value: Decodable>: Decodable {
    let settings: Value
  }

  private struct Models: Decodable {
    let models: [String: Model]
  }

  /// `Tests/Fixtures`.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures")

  /// Opens `Tests/Fixtures/<area>/<name>.json` and the arrays beside it, if there are any.
  public init(_ area: String, _ name: String) throws {
    let base = Self.root.appendingPathComponent(area).appendingPathComponent(name)
    document = base.appendingPathExtension("json")
    let file = base.appendingPathExtension("safetensors")
    arrays = FileManager.default.fileExists(atPath: file.path) ? try SafetensorsFile(file) : nil
    let decoded = try JSONDecoder().decode(Document.self, from: Data(contentsOf: document))
    versions = decoded.versions
    inputs = decoded.inputs
  }

  /// The `settings` object of the case.
  public func settings<Value: Decodable>(_ type: Value.Type) throws -> Value {
    try JSONDecoder().decode(Settings<Value>.self, from: Data(contentsOf: document)).settings
  }

  /// The synthetic input `name`, in the reference's layout.
  public func input(_ name: String) throws -> Tensor {
    guard let plan = inputs[name] else { throw FixtureError(file: document.path, lacks: "input '\(name)'") }
    return plan.tensor(named: name)
  }

  /// The expected array `key`, in the reference's layout.
  public func expected(_ key: String) throws -> Tensor { try file().tensor(key) }

  /// The expected integers `key`.
  public func integers(_ key: String) throws -> [Int] { try file().integers(key) }

  /// The expected bytes `key`: an 8-bit image.
  public func bytes(_ key: String) throws -> [UInt8] { try file().bytes(key) }

  /// The shape of the expected array `key`.
  public func shape(_ key: String) throws -> Shape {
    guard let entry = try file().entries[key] else {
      throw FixtureError(file: document.path, lacks: "expected array '\(key)'")
    }
    return entry.shape
  }

  private func file() throws -> SafetensorsFile {
    guard let arrays else { throw FixtureError(file: document.path, lacks: "expected arrays beside it") }
    return arrays
  }

  /// The `config.json` of the model `name`.
  public func configuration(_ name: String) throws -> Data {
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: document)) as? [String: Any]
    let models = json?["models"] as? [String: Any]
    guard let model = models?[name] as? [String: Any], let config = model["config"] else {
      throw FixtureError(file: document.path, lacks: "model '\(name)'")
    }
    return try JSONSerialization.data(withJSONObject: config, options: [.sortedKeys, .prettyPrinted])
  }

  /// Writes the model `name` as its folder: its configuration, and the weights of its plan if it has any.
  public func writeModel(
    _ name: String, to folder: URL, type: SafetensorsWriter.ElementType = .f32,
    configurationName: String = "config.json",
    weightsName: String = "diffusion_pytorch_model.safetensors"
  ) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try configuration(name).write(to: folder.appendingPathComponent(configurationName))
    let tensors = try weights(name)
    guard !tensors.isEmpty else { return }
    try SafetensorsWriter.write(
      tensors.map { (name: $0.key, tensor: $0.value) }, type: type,
      to: folder.appendingPathComponent(weightsName))
  }

  /// The weights of the model `name`, by their keys; empty when it has none.
  public func weights(_ name: String) throws -> [String: Tensor] {
    let models = try JSONDecoder().decode(Models.self, from: Data(contentsOf: document)).models
    return Dictionary(
      uniqueKeysWithValues: (models[name]?.plan ?? [:]).map { ($0.key, $0.value.tensor(named: $0.key)) })
  }

  /// The model `name` alone in a temporary folder, which lives as long as the result.
  public func temporaryModel(
    _ name: String, type: SafetensorsWriter.ElementType = .f32
  ) throws -> (directory: ModelDirectory, folder: TemporaryFolder) {
    let folder = try TemporaryFolder()
    try writeModel(name, to: folder.url, type: type)
    return (try ModelDirectory(folder.url), folder)
  }
}

/// A fixture without a part that a test asks it for.
public struct FixtureError: Error, CustomStringConvertible {
  public let description: String

  init(file: String, lacks part: String) {
    description = "\(file) has no \(part); make it again with Tests/Reference/make_all.py"
  }
}

/// The folder of the bundled demonstration model, as the repository has it.
public let demoCheckpoint = Fixture.root
  .appendingPathComponent("../../Sources/DemoCheckpoint/checkpoint").standardizedFileURL
