import Foundation

/// The text that a picture's PNG carries about its making: written and read here, nowhere else.
public struct PictureMetadata: Hashable, Sendable {
  public var request: PictureRequest
  public var modelName: String
  /// Of the program that made the picture.
  public var version: String

  public init(request: PictureRequest, modelName: String, version: String = toolVersion) {
    self.request = request
    self.modelName = modelName
    self.version = version
  }

  private static let parametersKey = "parameters"
  private static let documentKey = "tome-eval"

  /// `parameters` as AUTOMATIC1111's web UI writes it, so that other tools read it, and
  /// `tome-eval` with everything as JSON.
  public var textChunks: [(key: String, value: String)] {
    [(Self.parametersKey, infotext.text), (Self.documentKey, json)]
  }

  /// What a picture's text chunks say of its request; nil when this program did not write them.
  /// - Throws: `DecodingError` when it did, but they are damaged or of another version.
  public init?(textChunks: [(key: String, value: String)]) throws {
    guard let chunk = textChunks.first(where: { $0.key == Self.documentKey }) else { return nil }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let document = try decoder.decode(Document.self, from: Data(chunk.value.utf8))
    self.init(request: document.identity, modelName: document.modelName, version: document.version)
  }

  private struct Document: Codable {
    let identity: PictureRequest
    let modelName: String
    let version: String
  }

  private var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let document = Document(identity: request, modelName: modelName, version: version)
    return (try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
