/// The namings of CLIP's text towers.
enum TextTowerNames {
  /// OpenAI's tower as transformers has it, with an outermost name or, in older files, without.
  static let openAI = ["embeddings", "encoder", "final_layer_norm"].map { NameRule($0, "text_model.\($0)") }

  /// OpenCLIP's (`open_clip/transformer.py`), which keeps query, key and value of a layer in one tensor, and the
  /// projection the other way round.
  static let openCLIP = [
    NameRule("token_embedding", "text_model.embeddings.token_embedding"),
    NameRule("positional_embedding", "text_model.embeddings.position_embedding.weight"),
    NameRule("transformer.resblocks.#", "text_model.encoder.layers.#", inside: layer),
    NameRule("ln_final", "text_model.final_layer_norm"),
    NameRule("text_projection", "text_projection.weight", change: .turned),
  ]

  private static let layer = [
    NameRule("ln_1", "layer_norm1"), NameRule("ln_2", "layer_norm2"), NameRule("mlp.c_fc", "mlp.fc1"),
    NameRule("mlp.c_proj", "mlp.fc2"), NameRule("attn.out_proj", "self_attn.out_proj"),
    NameRule(
      "attn.in_proj_weight", "self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight"),
    NameRule("attn.in_proj_bias", "self_attn.q_proj.bias", "self_attn.k_proj.bias", "self_attn.v_proj.bias"),
  ]
}
