import Checkpoints

/// What a safetensors file may be that is no Stable Diffusion checkpoint, told by its tensors' names.
struct ForeignCheckpoint {
  let what: String
  let advice: String
  /// Each has one of these somewhere in a name.
  private let marks: [String]

  private init(_ what: String, _ advice: String, _ marks: String...) {
    self.what = what
    self.advice = advice
    self.marks = marks
  }

  /// Nil unless one of the kinds is recognised.
  init?(_ keys: [String]) {
    let found = Self.kinds.first { kind in keys.contains { key in kind.marks.contains { key.contains($0) } } }
    guard let found else { return nil }
    self = found
  }

  func error(path: String) -> CheckpointError { .mistaken(path: path, what: what, advice: advice) }

  private static let other = "supported are Stable Diffusion 1.x, 2.x and XL"

  /// Of several that fit, the first is meant.
  private static let kinds = [
    Self(
      "a LoRA, which changes a model and is none by itself", "pass the checkpoint that it was made for",
      ".lora_down.", ".lora_up.", ".lora_A.", ".lora_B.", ".lora.up.", ".hada_w1_", ".lokr_w1", "lora_unet_"),
    Self(
      "a textual inversion, which is a word for prompts", "pass the checkpoint that it was made for",
      "emb_params"),
    Self(
      "a ControlNet, which steers a model and is none by itself", "pass the checkpoint that it was made for",
      "control_model.", "controlnet_cond_embedding.", "controlnet_blocks."),
    Self("Stable Video Diffusion, a model of videos", other, ".time_stack.", ".time_mixer."),
    Self("a motion module of AnimateDiff, for videos", other, "motion_modules."),
    Self("Stable Diffusion 3, a diffusion transformer", other, "joint_blocks."),
    Self("HunyuanVideo, a model of videos", other, "individual_token_refiner."),
    Self("Wan, a model of videos", other, "head.modulation", "vace_blocks."),
    Self("LTX-Video, a model of videos", other, "patchify_proj."),
    Self("Mochi, a model of videos", other, ".attn.qkv_x."),
    Self("Cosmos, a model of videos", other, "net.x_embedder."),
    Self("Chroma, a diffusion transformer", other, "distilled_guidance_layer."),
    Self(
      "FLUX, a diffusion transformer", other, "double_blocks.0.img_attn.", "single_stream_modulation.",
      "single_transformer_blocks."),
    Self(
      "a diffusion transformer, no UNet", other, "double_layers.0.", "cap_embedder.",
      ".cross_attn.kv_linear.",
      ".img_mod.1.", "double_stream_blocks.", "adaln_single."),
    Self("Stable Cascade", other, "clip_txt_mapper.", "effnet_mapper."),
    Self("Playground 2.5, whose latents are scaled one by one", other, "edm_mean"),
  ]

  /// Told by what its UNet is fed beside the text.
  static let pictured = Self(
    "a variation that starts from a picture, as Stable unCLIP or an upscaler", other)

  private static let part = "the model's folder, or a single file with all of it"

  /// What is wrong with a file that has none of the families' text towers.
  /// - Parameter keys: sorted
  static func unknown(_ keys: [String], path: String) -> CheckpointError {
    func has(_ prefix: String) -> Bool { keys.contains { $0.hasPrefix(prefix) } }
    let (what, advice): (String, String) =
      if has("model.diffusion_model.input_blocks.") {
        has("conditioner.embedders.0.model.")
          ? (
            "the refiner of Stable Diffusion XL, which goes on with another model's latents",
            "pass the base model"
          )
          : has("first_stage_model.")
            ? ("a checkpoint without its text encoder", "pass \(part)")
            : ("a UNet alone, without text encoder and autoencoder", "pass \(part)")
      } else if has("input_blocks.0.0.") || has("down_blocks.0.resnets.") {
        ("a UNet alone, without text encoder and autoencoder", "pass \(part)")
      } else if has("decoder.up.") || has("decoder.up_blocks.") || has("first_stage_model.") {
        ("an autoencoder (VAE), a part of a model", "pass \(part); this file can take the place of its VAE")
      } else if has("text_model.") || has("token_embedding.") || has("transformer.resblocks.") {
        ("a text encoder, a part of a model", "pass \(part)")
      } else {
        ("no checkpoint of a known kind, its first tensor is '\(keys.first ?? "")'", other)
      }
    return .mistaken(path: path, what: what, advice: advice)
  }
}
