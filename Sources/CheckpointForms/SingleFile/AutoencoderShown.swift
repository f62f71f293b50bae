import Checkpoints
import Tensors

/// The `config.json` of an autoencoder whose tensors are all that is known of it.
enum AutoencoderShown {
  /// - Parameters:
  ///   - tensors: in diffusers' naming
  ///   - scalingFactor: what latents are divided by before they are decoded
  /// - Throws: ``CheckpointError`` when a tensor is missing that sizes are known by.
  static func configuration(
    _ tensors: any TensorSource, scalingFactor: Double
  ) throws(CheckpointError) -> JSONValue {
    let layers = ShownLayers(tensors)
    let levels = Array(0..<layers.count("decoder.up_blocks"))
    var widths: [Int] = []
    for level in levels.reversed() {
      widths.append(try layers.width("decoder.up_blocks.\(level).resnets.0.conv1", rank: 4))
    }
    // A file without an encoder says nothing of what follows it.
    let hasPlainEncoder = layers.has("encoder.conv_in") && !layers.has("quant_conv")
    let encoder: [String: JSONValue] = hasPlainEncoder ? ["use_quant_conv": .bool(false)] : [:]
    let decoder: [String: JSONValue] = [
      "_class_name": .string("AutoencoderKL"), "scaling_factor": .number(scalingFactor),
      "latent_channels": .whole(try layers.shape("decoder.conv_in.weight", rank: 4)[1]),
      "out_channels": .whole(try layers.width("decoder.conv_out", rank: 4)),
      "block_out_channels": .wholes(widths),
      "down_block_types": .texts(levels.map { _ in "DownEncoderBlock2D" }),
      "up_block_types": .texts(levels.map { _ in "UpDecoderBlock2D" }),
      "layers_per_block": .whole(max(layers.count("decoder.up_blocks.0.resnets") - 1, 1)),
      "use_post_quant_conv": .bool(layers.has("post_quant_conv")),
      "mid_block_add_attention": .bool(layers.has("decoder.mid_block.attentions")),
    ]
    return .object(decoder.merging(encoder) { $1 })
  }
}
