import Checkpoints
import Foundation

/// A LoRA that was added to a checkpoint's weights.
public struct AppliedLoRA: Sendable {
  /// Of its file, without the suffix.
  public let name: String
  /// See ``LoRAChoice/scale``.
  public let scale: Double
  private let file: LoRAFile

  init(_ choice: LoRAChoice, _ file: LoRAFile) {
    name = URL(fileURLWithPath: choice.path).deletingPathExtension().lastPathComponent
    scale = choice.scale
    self.file = file
  }

  /// SHA-256, in hexadecimal digits, of all that decides what it adds, but for the scale; of most LoRAs their file's.
  public var fingerprint: String { file.fingerprint }

  /// As in `LoRA style: 192 layers of unet and 72 of text_encoder, rank 4 to 16, scale 0.8`.
  var note: String {
    let counts = Dictionary(grouping: file.layers, by: \.part).sorted { $0.key > $1.key }
    let parts = counts.enumerated().map { index, part in
      "\(part.value.count)\(index == 0 ? " layers" : "") of \(part.key)"
    }
    let ranks = file.layers.map { file.rank($0) }
    let (least, most) = (ranks.min() ?? 0, ranks.max() ?? 0)
    return
      "LoRA \(name): \(parts.joined(separator: " and ")), rank \(least)\(least == most ? "" : " to \(most)"), "
      + "scale \(scale)"
  }
}

extension OpenCheckpoint {
  /// The checkpoint with LoRAs added to its weights, in their order.
  /// - Throws: ``CheckpointError`` when one is damaged, or made for another model.
  func adapted(by choices: [LoRAChoice]) throws(CheckpointError) -> OpenCheckpoint {
    guard !choices.isEmpty else { return self }
    let targets = try LoRATargets(files)
    var updates: [String: [String: [LowRankUpdate]]] = [:]
    var applied: [AppliedLoRA] = []
    for choice in choices {
      let lora = try LoRAFile(URL(fileURLWithPath: choice.path))
      for (part, changes) in try targets.updates(by: lora, scale: choice.scale) {
        for (key, change) in changes { updates[part, default: [:]][key, default: []].append(change) }
      }
      applied.append(AppliedLoRA(choice, lora))
    }
    return OpenCheckpoint(
      files: AdaptedFiles(base: files, updates: updates), name: name, notes: notes + applied.map(\.note),
      loras: applied)
  }
}
