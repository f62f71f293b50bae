public import Checkpoints
import Foundation

/// A checkpoint with the published configuration of a Stable Diffusion version and random weights: it costs the
/// time and memory of the real one, needs no download, and draws noise. It has no tokenizer.
public enum RandomCheckpoint: String, Sendable, Hashable, Codable, CaseIterable {
  /// Stable Diffusion 1.5 (`stable-diffusion-v1-5/stable-diffusion-v1-5`).
  case sd15
  /// Stable Diffusion 2.1 (`stabilityai/stable-diffusion-2-1`).
  case sd21

  /// The parts `unet`, `vae` and `text_encoder`, whose weights `tensors` makes.
  public func files(_ tensors: RandomTensors = RandomTensors(seed: 0)) -> SyntheticFolder {
    let files = [
      "unet/config.json": unet, "vae/config.json": Self.vae, "text_encoder/config.json": textEncoder,
    ]
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
    }
  }

  /// The same for both versions.
  private static let vae = """
    {"block_out_channels": [128, 256, 512, 512], "layers_per_block": 2, "latent_channels": 4,
     "norm_num_groups": 32, "scaling_factor": 0.18215}
    """

  private var textEncoder: String {
    switch self {
    case .sd15:
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
}
