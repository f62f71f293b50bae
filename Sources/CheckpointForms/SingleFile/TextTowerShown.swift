import Checkpoints
import Tensors

/// The `config.json` of a CLIP text tower whose tensors are all that is known of it.
enum TextTowerShown {
  /// Of a head, in every published tower.
  private static let headWidth = 64

  /// - Parameter tensors: in transformers' naming
  /// - Throws: ``CheckpointError`` when a tensor is missing that sizes are known by.
  static func configuration(
    _ tensors: any TensorSource, _ tower: Family.Tower
  ) throws(CheckpointError) -> JSONValue {
    let layers = ShownLayers(tensors)
    let embedding = try layers.shape("text_model.embeddings.token_embedding.weight", rank: 2)
    let width = embedding[1]
    var fields: [String: JSONValue] = [
      "architectures": .texts([tower.projects ? "CLIPTextModelWithProjection" : "CLIPTextModel"]),
      "model_type": .string("clip_text_model"), "vocab_size": .whole(embedding[0]),
      "hidden_size": .whole(width),
      "intermediate_size": .whole(try layers.width("text_model.encoder.layers.0.mlp.fc1")),
      "num_hidden_layers": .whole(layers.count("text_model.encoder.layers")),
      "num_attention_heads": .whole(max(width / headWidth, 1)),
      "max_position_embeddings": .whole(try layers.width("text_model.embeddings.position_embedding")),
      "hidden_act": .string(tower.layout == .openAI ? "quick_gelu" : "gelu"), "layer_norm_eps": .number(1e-5),
      // As transformers writes for "the largest id", which is where both towers' own code looks for the end.
      "eos_token_id": .whole(2),
    ]
    if tower.projects {
      fields["projection_dim"] = .whole(try layers.width("text_projection"))
    }
    return .object(fields)
  }
}
