import Checkpoints

/// Adapters of other kinds than LoRA, told by a mark in their tensors' names.
enum ForeignAdapter {
  private static let kinds: [(name: String, marks: [String], endings: [String])] = [
    ("a LoHa", ["hada_w", "hada_t"], []), ("a LoKr", ["lokr_"], []),
    ("a DoRA", ["dora_scale", "lora_magnitude_vector"], []),
    ("an OFT", [".oft_", "oft_blocks", "oft_diag"], []),
    ("a GLoRA", ["glora"], [".a1.weight", ".a2.weight", ".b1.weight", ".b2.weight"]),
    ("an IA³", [".ia3_"], [".on_input"]),
    ("an adapter with whole differences of weights", [], [".diff", ".diff_b", ".w_norm", ".b_norm"]),
    ("a LoRA with biases", [], [".lora_B.bias", ".lora_up.bias", ".lora.up.bias", ".bias_values"]),
    ("a LoRA of embeddings", ["lora_embedding_"], []),
    ("a LoRA with a textual inversion in it", ["bundle_emb."], []),
  ]

  static let transformer = "a diffusion transformer such as FLUX or Stable Diffusion 3"

  /// Whether a name is that of a model without a UNet.
  static func isOfTransformer(_ name: String) -> Bool {
    let marks = [
      "double_blocks", "single_blocks", "single_transformer_blocks", "joint_blocks", "lora_te3_",
      "lora_transformer_", "transformer.transformer_blocks",
    ]
    // A checkpoint's UNet has a name before this one.
    return name.hasPrefix("diffusion_model.") || marks.contains { name.contains($0) }
  }

  /// What is wrong with a file whose tensor `key` is none that a LoRA has here.
  static func error(_ key: String, path: String) -> CheckpointError {
    let found = kinds.first { kind in
      kind.marks.contains { key.contains($0) } || kind.endings.contains { key.hasSuffix($0) }
    }
    if let kind = found {
      return .mistaken(
        path: path, what: "\(kind.name), by its tensor '\(key)'",
        advice: "supported are LoRA and LoCon; merge it into a checkpoint with the tool that it comes from")
    }
    if isOfTransformer(key) {
      return .mistaken(
        path: path, what: "a LoRA for \(transformer), by its tensor '\(key)'",
        advice: "pass one for Stable Diffusion 1.x, 2.x or XL")
    }
    if ["emb_params", "clip_l", "clip_g"].contains(key) {
      return .mistaken(
        path: path, what: "a textual inversion, no LoRA", advice: "pass it as an embedding instead")
    }
    return .mistaken(
      path: path, what: "no LoRA of a known form, by its tensor '\(key)'",
      advice:
        "known are the names of kohya's scripts, of diffusers and of PEFT, for the UNet and the text encoders "
        + "of Stable Diffusion")
  }
}
