package import Checkpoints
import Foundation

/// A checkpoint with the published configuration of a Stable Diffusion version and random weights: it costs the
/// time and memory of the real one, needs no download, and draws noise. It has no tokenizer.
package enum RandomCheckpoint: String, Sendable, Hashable, Codable, CaseIterable {
  /// Stable Diffusion 1.5 (`stable-diffusion-v1-5/stable-diffusion-v1-5`).
  case sd15
  /// Stable Diffusion 2.1 (`stabilityai/stable-diffusion-2-1`).
  case sd21
  /// Stable Diffusion XL (`stabilityai/stable-diffusion-xl-base-1.0`).
  case sdxl

  /// The parts `unet`, `vae`, `text_encoder` and SDXL's `text_encoder_2`, whose weights `tensors` makes.
  package func files(_ tensors: RandomTensors = RandomTensors(seed: 0)) -> SyntheticFolder {
    var files = [
      "unet/config.json": unet, "vae/config.json": vae, "text_encoder/config.json": textEncoder,
    ]
    files["text_encoder_2/config.json"] = secondTextEncoder
    return SyntheticFolder(
      path: "random weights/\(rawValue)", files: files.mapValues { Data($0.utf8) }, tensors: tensors)
  }

  /// Of these files, the fields that are not diffusers' or transformers' defaults, and those that decide sizes.
  private var unet: String {
    switch self {
    case .sd15:
      """
      {"sample_size": 64, "block_out_channels": [320, 640, 1280, 1280], "layers_per_block": 2,
       "attention_head_dim": 8, "cross_attention_dim": 768}
      """
    case .sd21:
      """
      {"sample_size": 96, "block_out_channels": [320, 640, 1280, 1280], "layers_per_block": 2,
       "attention_head_dim": [5, 10, 20, 20], "cross_attention_dim": 1024, "use_linear_projection": true}
      """
    case .sdxl:
      """
      {"sample_size": 128, "block_out_channels": [320, 640, 1280], "layers_per_block": 2,
       "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
       "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
       "transformer_layers_per_block": [1, 2, 10], "attention_head_dim": [5, 10, 20],
       "cross_attention_dim": 2048, "use_linear_projection": true, "addition_embed_type": "text_time",
       "addition_time_embed_dim": 256, "projection_class_embeddings_input_dim": 2816}
      """
    }
  }

  /// The same for all versions, but for the size of its latents' numbers.
  private var vae: String {
    """
    {"down_block_types": [\(Self.four("DownEncoderBlock2D"))],
     "up_block_types": [\(Self.four("UpDecoderBlock2D"))],
     "block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, "latent_channels": 4,
     "norm_num_groups": 32, "scaling_factor": \(self == .sdxl ? 0.13025 : 0.18215)}
    """
  }

  private static func four(_ type: String) -> String {
    repeatElement("\"\(type)\"", count: 4).joined(separator: ", ")
  }

  private var textEncoder: String {
    switch self {
    case .sd15, .sdxl:
      """
      {"vocab_size": 49408, "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
       "num_attention_heads": 12, "max_position_embeddings": 77, "hidden_act": "quick_gelu"}
      """
    case .sd21:
      """
      {"vocab_size": 49408, "hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 23,
       "num_attention_heads": 16, "max_position_embeddings": 77, "hidden_act": "gelu"}
      """
    }
  }

  private var secondTextEncoder: String? {
    guard self == .sdxl else { return nil }
    return """
      {"vocab_size": 49408, "hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32,
       "num_attention_heads": 20, "max_position_embeddings": 77, "hidden_act": "gelu", "projection_dim": 1280}
      """
  }
}
