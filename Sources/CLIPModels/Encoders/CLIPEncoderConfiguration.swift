import Checkpoints

/// What the encoders of both towers are built from.
package struct CLIPEncoderConfiguration: Sendable {
  /// The non-linearity inside each layer's MLP.
  package enum Activation: String, Sendable, CaseIterable {
    case quickGELU = "quick_gelu"
    case gelu
  }

  package let hiddenSize: Int
  package let intermediateSize: Int
  package let hiddenLayers: Int
  package let attentionHeads: Int
  package let activation: Activation
  package let layerNormEpsilon: Float

  /// The widths and the number of heads are the defaults of the tower in question.
  init(
    _ fields: ConfigurationFields, hiddenSize: Int, intermediateSize: Int, attentionHeads: Int
  ) throws(CheckpointError) {
    try fields.require([
      "add_cross_attention": [.bool(false)], "is_decoder": [.bool(false)], "pruned_heads": [.object([:])],
    ])
    self.hiddenSize = try fields.whole("hidden_size", .width) ?? hiddenSize
    self.intermediateSize = try fields.whole("intermediate_size", .width) ?? intermediateSize
    hiddenLayers = try fields.whole("num_hidden_layers", .layers) ?? 12
    self.attentionHeads = try fields.whole("num_attention_heads", .heads) ?? attentionHeads
    activation = try fields.choice("hidden_act", of: Activation.self) ?? .quickGELU
    layerNormEpsilon = try Float(fields.number("layer_norm_eps", .epsilon) ?? 1e-5)
    guard self.hiddenSize % self.attentionHeads == 0 else {
      throw fields.error(
        "num_attention_heads",
        "\(self.attentionHeads) heads do not divide hidden_size (\(self.hiddenSize))")
    }
  }

  /// What transformers writes into every model's configuration, also into those of the towers: it acts in training, in
  /// generating text, or says how the model is saved.
  static let withoutEffect: Set = [
    "architectures", "attention_dropout", "bad_words_ids", "begin_suppress_tokens", "bos_token_id",
    "chunk_size_feed_forward", "cross_attention_hidden_size", "decoder_start_token_id",
    "diversity_penalty", "do_sample", "dropout", "dtype", "early_stopping",
    "encoder_no_repeat_ngram_size", "eos_token_id", "exponential_decay_length_penalty",
    "finetuning_task", "forced_bos_token_id", "forced_eos_token_id", "gradient_checkpointing",
    "id2label", "initializer_factor", "initializer_range", "is_encoder_decoder", "label2id",
    "length_penalty", "logit_scale_init_value", "max_length", "min_length", "model_type",
    "no_repeat_ngram_size", "num_beam_groups", "num_beams", "num_return_sequences",
    "output_attentions", "output_hidden_states", "output_scores", "pad_token_id", "prefix",
    "problem_type", "projection_dim", "remove_invalid_values", "repetition_penalty", "return_dict",
    "return_dict_in_generate", "sep_token_id", "suppress_tokens", "task_specific_params",
    "temperature", "tf_legacy_loss", "tie_encoder_decoder", "tie_word_embeddings",
    "tokenizer_class", "top_k", "top_p", "torch_dtype", "torchscript", "transformers_version",
    "typical_p", "use_bfloat16", "use_cache",
  ]
}
