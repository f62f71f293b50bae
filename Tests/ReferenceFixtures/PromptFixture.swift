public import Foundation
import Tensors

/// Textual inversions, pictures and prompts for a miniature of ``AdapterFixture``, of `Tests/Fixtures/Prompts`.
public struct PromptFixture: Sendable {
  public let model: FamilyFixture
  public let fixture: Fixture

  private struct Settings: Decodable {
    /// The tensors of every file.
    let embeddings: [String: [String]]
  }

  public init(_ model: String) throws {
    self.model = try AdapterFixture(model).model
    fixture = try Fixture("Prompts", model)
  }

  /// Writes the file of a textual inversion, called after it.
  public func writeEmbedding(_ name: String, to folder: URL) throws -> URL {
    let keys = try fixture.settings(Settings.self).embeddings[name] ?? []
    let tensors = try keys.map { (name: $0, tensor: try fixture.input("\(name)/\($0)")) }
    let file = folder.appendingPathComponent("\(name).safetensors")
    try SafetensorsWriter.write(tensors, to: file)
    return file
  }
}
