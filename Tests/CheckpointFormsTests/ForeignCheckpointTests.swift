import CheckpointForms
import Checkpoints
import Foundation
import ReferenceFixtures
import Tensors
import Testing

/// Safetensors files that are no checkpoint of Stable Diffusion, each called by its name.
@Suite struct ForeignCheckpointTests {
  private let folder: TemporaryFolder
  private var file: URL { folder.url.appendingPathComponent("file.safetensors") }

  init() throws { folder = try TemporaryFolder() }

  private func error(_ path: String) throws -> CheckpointError {
    try #require(throws: CheckpointError.self) {
      try CheckpointLocation(path: path).open(environment: ["HF_HUB_CACHE": folder.url.path])
    }
  }

  @Test(arguments: [
    ("lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight", "a LoRA"),
    ("unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight", "a LoRA"),
    ("lora_te_text_model_encoder_layers_0_mlp_fc1.hada_w1_a", "a LoRA"),
    ("emb_params", "a textual inversion"),
    ("control_model.input_blocks.0.0.weight", "a ControlNet"),
    ("controlnet_cond_embedding.conv_in.weight", "a ControlNet"),
    ("model.diffusion_model.input_blocks.1.0.time_stack.in_layers.0.weight", "Stable Video Diffusion"),
    ("down_blocks.0.motion_modules.0.temporal_transformer.norm.bias", "AnimateDiff"),
    ("model.diffusion_model.joint_blocks.0.context_block.adaLN_modulation.1.bias", "Stable Diffusion 3"),
    ("double_blocks.0.img_attn.norm.key_norm.scale", "FLUX"),
    ("model.diffusion_model.double_blocks.0.img_attn.norm.key_norm.scale", "FLUX"),
    ("txt_in.individual_token_refiner.blocks.0.adaLN_modulation.1.bias", "HunyuanVideo"),
    ("head.modulation", "Wan, a model of videos"),
    ("model.diffusion_model.patchify_proj.weight", "LTX-Video"),
    ("blocks.0.attn.qkv_x.weight", "Mochi"), ("net.x_embedder.proj.1.weight", "Cosmos"),
    ("model.diffusion_model.distilled_guidance_layer.in_proj.bias", "Chroma"),
    ("transformer_blocks.0.img_mod.1.weight", "a diffusion transformer"),
    ("clip_txt_mapper.weight", "Stable Cascade"), ("edm_mean", "Playground 2.5"),
    ("conditioner.embedders.0.model.text_projection", "no checkpoint of a known kind"),
    ("model.diffusion_model.input_blocks.0.0.weight", "a UNet alone"),
    ("input_blocks.0.0.weight", "a UNet alone"),
    ("down_blocks.0.resnets.0.conv1.weight", "a UNet alone"),
    ("decoder.up.0.block.0.conv1.weight", "an autoencoder"),
    ("decoder.up_blocks.0.resnets.0.conv1.weight", "an autoencoder"),
    ("first_stage_model.decoder.conv_in.weight", "an autoencoder"),
    ("text_model.encoder.layers.0.mlp.fc1.weight", "a text encoder"),
    ("anything.weight", "no checkpoint of a known kind, its first tensor is 'anything.weight'"),
  ])
  func `one tensor tells`(key: String, what: String) throws {
    try SafetensorsWriter.write([key: Tensor([0], shape: [1])], to: file)
    guard case .mistaken(file.path, let found, let advice) = try error(file.path) else {
      Issue.record("\(try error(file.path))")
      return
    }
    #expect(found.hasPrefix(what) || found.contains(what), "\(found)")
    #expect(!advice.isEmpty)
  }

  @Test func `several tensors tell`() throws {
    let unet = "model.diffusion_model.input_blocks.0.0.weight"
    let one = Tensor([0], shape: [1])
    for (keys, what) in [
      ([unet, "conditioner.embedders.0.model.text_projection"], "the refiner of Stable Diffusion XL"),
      ([unet, "first_stage_model.decoder.conv_in.weight"], "a checkpoint without its text encoder"),
      (
        [unet, "cond_stage_model.model.ln_final.bias", "model.diffusion_model.label_emb.0.0.weight"],
        "Stable unCLIP"
      ),
    ] {
      try SafetensorsWriter.write(Dictionary(uniqueKeysWithValues: keys.map { ($0, one) }), to: file)
      #expect(try error(file.path).description.contains(what))
    }
  }

  /// As torch.save writes them, today and before version 1.6, and what else is found in such places.
  @Test(arguments: [
    ("model.ckpt", "PK\u{3}\u{4}archive/data.pkl", "a pickle"),
    ("model.safetensors", "GGUF\u{3}\u{0}", "a GGUF file"),
    ("model.safetensors", "<html>", "a web page"),
    ("model.safetensors", "version https://git-lfs.github.com/spec/v1", "a Git LFS pointer"),
  ])
  func `other formats`(name: String, contents: String, what: String) throws {
    let url = folder.url.appendingPathComponent(name)
    try Data(contents.utf8).write(to: url)
    #expect(try error(url.path).description.contains("this is \(what)"))
  }

  @Test func `a pickle is refused with the command that converts it`() throws {
    let url = folder.url.appendingPathComponent("v1-5.ckpt")
    try Data([0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20]).write(to: url)
    let message = try error(url.path).description
    #expect(message.contains("loading one may run any code"))
    #expect(message.contains("weights_only=True"))
    #expect(message.hasSuffix("'\(url.path)' '\(folder.url.path)/v1-5.safetensors'"))
  }
}
