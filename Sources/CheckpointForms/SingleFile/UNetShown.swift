import Checkpoints
import Tensors

/// The `config.json` of a UNet whose tensors are all that is known of it.
enum UNetShown {
  /// Attention heads of Stable Diffusion 1.x, whatever the width.
  private static let heads = 8
  /// Of a head, since 2.0.
  private static let headWidth = 64

  /// - Parameters:
  ///   - tensors: in diffusers' naming
  ///   - sampleSize: latents along each edge
  /// - Throws: ``CheckpointError`` when a tensor is missing that sizes are known by.
  static func configuration(
    _ tensors: any TensorSource, sampleSize: Int
  ) throws(CheckpointError) -> JSONValue {
    let layers = ShownLayers(tensors)
    let levels = Array(0..<layers.count("down_blocks"))
    let input = try layers.shape("conv_in.weight", rank: 4)
    var widths: [Int] = []
    for level in levels { widths.append(try layers.width("down_blocks.\(level).resnets.0.conv1", rank: 4)) }
    let attends = (
      down: levels.map { layers.has("down_blocks.\($0).attentions") },
      up: levels.map { layers.has("up_blocks.\($0).attentions") }
    )
    let middle = layers.count("mid_block.attentions.0.transformer_blocks")
    let depths = levels.map { level in
      let places = ["down_blocks.\(level)", "up_blocks.\(levels.count - 1 - level)"]
      let found = places.map { layers.count("\($0).attentions.0.transformer_blocks") }.first { $0 > 0 }
      // The middle block has as many as the coarsest level, which may have none itself.
      return found ?? (level == levels.last ? max(middle, 1) : 1)
    }
    let isLinear = layers.first(endingIn: ".attentions.0.proj_in").map {
      tensors.shape(of: "\($0).weight")?.rank == 2
    }
    var fields: [String: JSONValue] = [
      "_class_name": .string("UNet2DConditionModel"), "sample_size": .whole(sampleSize),
      "in_channels": .whole(input[1]), "out_channels": .whole(try layers.width("conv_out", rank: 4)),
      "block_out_channels": .wholes(widths),
      "down_block_types": .texts(attends.down.map { $0 ? "CrossAttnDownBlock2D" : "DownBlock2D" }),
      "up_block_types": .texts(attends.up.map { $0 ? "CrossAttnUpBlock2D" : "UpBlock2D" }),
      "mid_block_type": layers.has("mid_block") ? .string("UNetMidBlock2DCrossAttn") : .null,
      "layers_per_block": levels.map { layers.count("down_blocks.\($0).resnets") }.perLevel,
      "transformer_layers_per_block": depths.perLevel,
      "use_linear_projection": .bool(isLinear == true),
      "attention_head_dim": isLinear == true
        ? .wholes(widths.map { max($0 / headWidth, 1) }) : .whole(heads),
    ]
    if let place = layers.first(endingIn: ".attn2.to_k") {
      fields["cross_attention_dim"] = .whole(try layers.shape("\(place).weight", rank: 2)[1])
    }
    if layers.has("add_embedding") {
      fields["addition_embed_type"] = .string("text_time")
      fields["addition_time_embed_dim"] = .whole(256)
      fields["projection_class_embeddings_input_dim"] =
        .whole(try layers.shape("add_embedding.linear_1.weight", rank: 2)[1])
    }
    return .object(fields)
  }
}
