public import Foundation
import Tensors

/// A miniature and files that are added to it, of `Tests/Fixtures/Adapters`.
public struct AdapterFixture: Sendable {
  public let model: FamilyFixture
  public var fixture: Fixture { model.fixture }

  public static let models = ["sd1", "sdxl"]

  private struct Settings: Decodable {
    /// The tensors of every LoRA's file.
    let loras: [String: [String]]
  }

  public init(_ model: String) throws {
    self.model = try FamilyFixture(model, area: "Adapters")
  }

  /// Writes a LoRA's file, called after it.
  public func writeLoRA(
    _ name: String, to folder: URL, type: SafetensorsWriter.ElementType = .f32
  ) throws -> URL {
    let keys = try fixture.settings(Settings.self).loras[name] ?? []
    let tensors = try keys.map { (name: $0, tensor: try fixture.input("\(name)/\($0)")) }
    let file = folder.appendingPathComponent("\(name).safetensors")
    try SafetensorsWriter.write(tensors, type: type, to: file)
    return file
  }
}
