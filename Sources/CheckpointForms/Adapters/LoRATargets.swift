import Checkpoints
import Tensors

/// The layers of a model that a LoRA may change, by the names that LoRAs give them.
struct LoRATargets {
  private struct Target {
    /// Of the weight.
    let key: String
    let shape: Shape
  }

  /// By the part and the layer's name with underscores.
  private let targets: [String: [String: Target]]
  private let crossAttentionWidth: Int?
  private var hasSecondEncoder: Bool { targets["text_encoder_2"] != nil }

  /// - Parameter files: of the model
  init(_ files: any ModelFiles) throws(CheckpointError) {
    var targets: [String: [String: Target]] = [:]
    for part in ["unet", "text_encoder", "text_encoder_2"] where part != "text_encoder_2" || files.has(part) {
      let tensors = try files.component(part).tensors()
      let layers = tensors.keys.filter { $0.hasSuffix(".weight") }.map {
        String($0.dropLast(".weight".count))
      }
      let original = part == "unet" ? UNetNames.originalRules(layers) : []
      var own: [String: Target] = [:]
      for layer in layers {
        let key = layer + ".weight"
        guard let shape = tensors.shape(of: key), [2, 4].contains(shape.rank), shape.count > 0 else {
          continue
        }
        // Text encoders are kept with an outermost name or without, as LoRAs are.
        let nested = part == "unet" || layer.hasPrefix("text_") ? [] : ["text_model.\(layer)"]
        let bare = layer.hasPrefix("text_model.") ? [String(layer.dropFirst("text_model.".count))] : []
        let others = nested + bare + (original.renamed(layer).map { [$0] } ?? [])
        for name in [layer] + others {
          own[name.replacing(".", with: "_")] = Target(key: key, shape: shape)
        }
      }
      targets[part] = own
    }
    self.targets = targets
    crossAttentionWidth =
      targets["unet"]?.first { $0.key.hasSuffix("attn2_to_k") }?.value.shape.dimensions.last
  }

  /// What a LoRA changes, by part and tensor.
  /// - Parameter scale: that the user asks for
  /// - Throws: ``CheckpointError`` naming the tensor that fits no layer of the model, and what the LoRA seems to be for.
  func updates(
    by lora: LoRAFile, scale: Double
  ) throws(CheckpointError) -> [String: [String: LowRankUpdate]] {
    let own = Self.family(crossAttentionWidth, hasSecondEncoder)
    if let width = lora.crossAttentionWidth, let crossAttentionWidth, width != crossAttentionWidth {
      throw .mistaken(
        path: lora.file.path, what: "a LoRA for \(Self.family(width, width == 2048))",
        advice: "the model is \(own); pass a LoRA that was made for it")
    }
    var updates: [String: [String: LowRankUpdate]] = [:]
    for layer in lora.layers {
      guard let target = targets[layer.part]?[layer.flatName] else {
        throw .badConfiguration(
          path: lora.file.path, field: layer.down,
          reason:
            "fits no layer of this model, which is \(own); the LoRA seems to be for \(guess(lora, layer))")
      }
      guard updates[layer.part]?[target.key] == nil else {
        throw .badConfiguration(
          path: lora.file.path, field: layer.down,
          reason: "is about the same layer as another tensor, under another name; which one counts?")
      }
      updates[layer.part, default: [:]][target.key] = try LowRankUpdate(
        layer, of: lora, scale: scale * lora.scale(layer), shape: target.shape)
    }
    return updates
  }

  /// What a LoRA seems to be for, one of whose layers the model does not have.
  private func guess(_ lora: LoRAFile, _ layer: LoRAFile.Layer) -> String {
    if ForeignAdapter.isOfTransformer(layer.flatName) { return ForeignAdapter.transformer }
    let isXL = lora.layers.contains {
      $0.part == "text_encoder_2" || $0.flatName.hasPrefix("input_blocks")
        || $0.flatName.hasPrefix("output_blocks")
    }
    guard isXL == hasSecondEncoder else { return Self.family(lora.crossAttentionWidth, isXL) }
    return "one with other blocks, as a model that this one was distilled from"
  }

  private static func family(_ width: Int?, _ isXL: Bool) -> String {
    switch (isXL, width) {
    case (true, _): "Stable Diffusion XL"
    case (_, 768): "Stable Diffusion 1.x"
    case (_, 1024): "Stable Diffusion 2.x"
    case (_, let width?): "a model with text states of \(width) values"
    case (_, nil): "Stable Diffusion 1.x or 2.x"
    }
  }
}
