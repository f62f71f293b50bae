public import Checkpoints
public import Foundation
package import Tensors

/// A word that was learned as vectors of a text encoder, for prompts to use (Gal et al. 2022, "textual inversion").
///
/// Read from safetensors files as diffusers writes them, one tensor called after the word, as the web UI does
/// (`emb_params`), and with the vectors of SDXL's two encoders (`clip_l`, `clip_g`); the latter two are called after
/// their file.
public struct TextualInversion: Sendable {
  /// How prompts write it.
  public let token: String
  /// Of each text encoder of the model, `[count, width]`.
  package let vectors: [Tensor]
  /// SHA-256 of the file, in hexadecimal digits.
  package let fingerprint: String
  /// Of the file.
  public let path: String

  private static let webUIKey = "emb_params"
  private static let xlKeys = ["clip_l", "clip_g"]

  /// - Throws: ``CheckpointError`` when the file is missing, damaged, or no textual inversion.
  public init(_ url: URL) throws(CheckpointError) {
    let file = try SafetensorsFile(url)
    path = url.path
    let keys = file.keys.sorted()
    let name = url.deletingPathExtension().lastPathComponent
    let isXL = !keys.filter(Self.xlKeys.contains).isEmpty
    guard isXL ? keys == Self.xlKeys.sorted() : keys.count == 1 else { throw Self.foreign(keys, path: path) }
    token = isXL || keys == [Self.webUIKey] ? name : keys[0]
    var vectors: [Tensor] = []
    for key in isXL ? Self.xlKeys : keys {
      let tensor = try file.tensor(key)
      guard (1...2).contains(tensor.shape.rank), tensor.count > 0, tensor.isFinite else {
        throw .badConfiguration(
          path: path, field: key,
          reason: "has shape \(tensor.shape), expected vectors of finite numbers, [count, width] or [width]")
      }
      vectors.append(tensor.reshaped([tensor.shape.rows, tensor.shape.last]))
    }
    guard Set(vectors.map { $0.shape[0] }).count == 1 else {
      throw .badConfiguration(
        path: path, field: Self.xlKeys[1],
        reason: "has another number of vectors than '\(Self.xlKeys[0])'; both stand for the same word")
    }
    self.vectors = vectors
    fingerprint = file.digest
  }

  /// Of its vectors.
  public var count: Int { vectors.first?.shape[0] ?? 0 }

  /// What is wrong with the word here.
  package func error(_ reason: String) -> CheckpointError {
    .badConfiguration(path: path, field: token, reason: reason)
  }

  private static func foreign(_ keys: [String], path: String) -> CheckpointError {
    if keys.contains(where: { $0.contains("lora") }) {
      return .mistaken(
        path: path, what: "a LoRA, no textual inversion", advice: "add it to the model's weights instead")
    }
    if let lacking = xlKeys.first(where: { !keys.contains($0) }), keys.contains(where: xlKeys.contains) {
      return .badConfiguration(
        path: path, field: lacking,
        reason: keys.count == 1
          ? "is missing; a word of SDXL has vectors of both text encoders"
          : "is missing, and '\(keys.first { !xlKeys.contains($0) } ?? "")' is not known")
    }
    return .mistaken(
      path: path,
      what: "no textual inversion, it has \(keys.count) tensors, the first is '\(keys.first ?? "")'",
      advice:
        "known are a tensor called after the word, '\(webUIKey)', and '\(xlKeys.joined(separator: "' with '"))'"
    )
  }
}

extension [TextualInversion] {
  /// What a tokenizer looks for, with the ids from one on: the word stands for all of its vectors, and as in diffusers
  /// `word_1`, `word_2`, … for the further ones alone.
  /// - Parameter isKnown: whether a token is there already
  func tokens(
    from first: Int, isKnown: (String) -> Bool
  ) throws(CheckpointError) -> [(content: String, ids: [Int])] {
    var found: [(content: String, ids: [Int])] = []
    var next = first
    for word in self {
      let ids = (next..<next + word.count).map(\.self)
      let tokens = [(word.token, ids)] + ids.indices.dropFirst().map { ("\(word.token)_\($0)", [ids[$0]]) }
      for (token, _) in tokens {
        guard !token.isEmpty, !isKnown(token), !found.contains(where: { $0.content == token }) else {
          throw word.error(
            "the tokenizer has a token '\(token)' already; call the file, or the tensor in it, otherwise")
        }
      }
      found += tokens.map { (content: $0.0, ids: $0.1) }
      next += word.count
    }
    return found
  }
}
