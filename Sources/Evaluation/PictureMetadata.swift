import Foundation
import ResultStore
import TokenMerging

/// The text that a picture's PNG carries about its making.
public struct PictureMetadata: Sendable {
  public var identity: PictureIdentity
  public var modelName: String

  public init(identity: PictureIdentity, modelName: String) {
    self.identity = identity
    self.modelName = modelName
  }

  /// `parameters` as AUTOMATIC1111's web UI writes it, so that other tools read it, and
  /// `tome-eval` with everything as JSON.
  public var textChunks: [(key: String, value: String)] {
    [("parameters", parameters), ("tome-eval", json)]
  }

  var parameters: String {
    var fields = [
      ("Steps", "\(identity.steps)"), ("Sampler", sampler),
      ("CFG scale", ratioText(identity.guidanceScale)), ("Seed", "\(identity.seed)"),
      ("Size", "\(identity.width)x\(identity.height)"),
      ("Model hash", String(identity.modelFingerprint.prefix(10))), ("Model", quoted(modelName)),
    ]
    if identity.dtype != "fp32" { fields.append(("Precision", identity.dtype)) }
    if let merging = identity.merging { fields += Self.fields(merging) }
    fields.append(("Version", "tome-eval \(toolVersion)"))
    var lines = [identity.prompt]
    if !identity.negativePrompt.isEmpty { lines.append("Negative prompt: \(identity.negativePrompt)") }
    lines.append(fields.map { "\($0): \($1)" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }

  /// The ratio as the web UI names it, and whatever differs from plain tomesd in the same manner.
  private static func fields(_ merging: MergingOptions) -> [(String, String)] {
    let plain = MergingOptions(ratio: merging.ratio)
    func field(_ name: String, _ path: KeyPath<MergingOptions, some Equatable>) -> [(String, String)] {
      merging[keyPath: path] == plain[keyPath: path]
        ? [] : [("Token merging \(name)", "\(merging[keyPath: path])")]
    }
    return [("Token merging ratio", ratioText(merging.ratio))] + field("variant", \.variant)
      + field("sx", \.sx)
      + field("sy", \.sy) + field("max downsample", \.maxDownsample) + field("random", \.useRand)
      + field("attention", \.mergeAttn) + field("cross-attention", \.mergeCrossattn)
      + field("MLP", \.mergeMlp)
  }

  private var json: String {
    struct Document: Encodable {
      let identity: PictureIdentity
      let modelName: String
      let version: String
    }
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let document = Document(identity: identity, modelName: modelName, version: toolVersion)
    return (try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  /// The scheduler's name in the web UI.
  private var sampler: String {
    switch identity.scheduler {
    case "ddim": "DDIM"
    case "pndm": "PLMS"
    case "euler": "Euler"
    case "euler-ancestral": "Euler a"
    case "dpmsolver++": "DPM++ 2M"
    case "dpmsolver++-karras": "DPM++ 2M Karras"
    default: identity.scheduler
    }
  }

  /// Values with separators are JSON strings there.
  private func quoted(_ value: String) -> String {
    guard value.contains(where: { ",:\n\"".contains($0) }) else { return value }
    let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
      "\n", with: "\\n")
    return "\"\(escaped)\""
  }
}
