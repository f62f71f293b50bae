/// What a tensor of a LoRA file is, told by its name in any of the namings that such files have:
///
///     lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q.lora_down.weight
///     unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight
///     text_encoder.text_model.encoder.layers.0.self_attn.q_proj.lora_linear_layer.up.weight
///     base_model.model.mid_block.attentions.0.proj_in.lora_B.default.weight
struct LoRATensorName {
  /// The factors of a change `up · down`, or `up · mid · down`, and what it is scaled by.
  enum Role: String {
    case down, up, mid, alpha
  }

  let role: Role
  /// Of the model: `unet`, `text_encoder` or `text_encoder_2`.
  let part: String
  /// In the part, with points or, as kohya's scripts write it, with underscores in their place.
  let layer: String

  /// The same whichever of both the name has.
  var flatLayer: String { layer.replacing(".", with: "_") }

  /// Nil for a name in none of these namings.
  init?(_ name: String) {
    guard let (place, role) = Self.ending(name), let (part, layer) = Self.part(of: place) else { return nil }
    self.role = role
    self.part = part
    self.layer = part == "unet" ? Self.unetLayer(layer) : Self.textLayer(layer)
  }

  private static let endings: [(ending: String, role: Role)] = [
    (".lora_down.weight", .down), (".lora_up.weight", .up), (".lora_mid.weight", .mid), (".alpha", .alpha),
    (".lora_A.weight", .down), (".lora_B.weight", .up),
    (".lora.down.weight", .down), (".lora.up.weight", .up),
    (".lora_linear_layer.down.weight", .down), (".lora_linear_layer.up.weight", .up),
    ("_lora.down.weight", .down), ("_lora.up.weight", .up),
  ]

  private static func ending(_ name: String) -> (place: Substring, role: Role)? {
    if let (ending, role) = endings.first(where: { name.hasSuffix($0.ending) }) {
      return (name.dropLast(ending.count), role)
    }
    // PEFT may put the adapter's own name between.
    guard let match = name.wholeMatch(of: /(.+)\.lora_([AB])\.[^.]+\.weight/) else { return nil }
    return (match.1, match.2 == "A" ? .down : .up)
  }

  private static let wrapping = "base_model.model."

  private static let flatParts = [
    ("lora_unet_", "unet"), ("lora_te_", "text_encoder"), ("lora_te1_", "text_encoder"),
    ("lora_te2_", "text_encoder_2"),
  ]
  private static let parts = ["unet", "text_encoder", "text_encoder_2"]
  /// What layers begin with where no part is named.
  private static let beginnings = [
    ("unet", ["down_blocks.", "mid_block.", "up_blocks.", "conv_", "time_embedding.", "add_embedding."]),
    ("text_encoder", ["text_model.", "encoder.layers."]),
  ]

  private static func part(of place: Substring) -> (part: String, layer: Substring)? {
    if let (prefix, part) = flatParts.first(where: { place.hasPrefix($0.0) }) {
      return (part, place.dropFirst(prefix.count))
    }
    let place = place.without(prefix: wrapping)
    if let part = parts.first(where: { place.hasPrefix($0 + ".") }) {
      return (part, place.dropFirst(part.count + 1).without(prefix: wrapping))
    }
    let found = beginnings.first { _, beginnings in beginnings.contains { place.hasPrefix($0) } }
    return found.map { ($0.0, place) }
  }

  /// Older diffusers kept the layers of attention in a processor of their own.
  private static func unetLayer(_ layer: Substring) -> String {
    let plain = String(layer).replacing(".processor.", with: ".")
    return plain.hasSuffix(".to_out") ? plain + ".0" : plain
  }

  /// … and called those of text encoders as they are called in UNets.
  private static func textLayer(_ layer: Substring) -> String {
    let names = [".to_q": ".q_proj", ".to_k": ".k_proj", ".to_v": ".v_proj", ".to_out": ".out_proj"]
    guard let (old, new) = names.first(where: { layer.hasSuffix("self_attn" + $0.key) }) else {
      return String(layer)
    }
    return layer.dropLast(old.count) + new
  }
}

extension Substring {
  fileprivate func without(prefix: String) -> Substring {
    hasPrefix(prefix) ? dropFirst(prefix.count) : self
  }
}
