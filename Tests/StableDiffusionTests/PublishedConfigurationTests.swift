import CLIPModels
import Checkpoints
import Foundation
import ReferenceFixtures
import Testing

@testable import StableDiffusion

/// Configuration files with all the fields that the libraries write, of now and of then, are taken as they are; a
/// field that may change the result is not.
@Suite struct PublishedConfigurationTests {
  private func folder(_ file: String, _ json: [String: Any]) throws -> SyntheticFolder {
    SyntheticFolder(
      path: "model", files: [file: try JSONSerialization.data(withJSONObject: json)],
      tensors: RandomTensors(seed: 0))
  }

  private func error(_ read: () throws -> Void) throws -> String {
    try #require(throws: CheckpointError.self) { try read() }.description
  }

  /// Of diffusers 0.42, but for what decides sizes.
  static var unet: [String: Any] {
    [
      "_class_name": "UNet2DConditionModel", "_diffusers_version": "0.42.1", "_name_or_path": "x",
      "act_fn": "silu", "addition_embed_type": NSNull(), "addition_embed_type_num_heads": 64,
      "addition_time_embed_dim": NSNull(), "attention_type": "default", "center_input_sample": false,
      "class_embed_type": NSNull(), "class_embeddings_concat": false, "conv_in_kernel": 3,
      "conv_out_kernel": 3,
      "cross_attention_norm": NSNull(), "downsample_padding": 1, "dropout": 0.0,
      "dual_cross_attention": false,
      "encoder_hid_dim": NSNull(), "encoder_hid_dim_type": NSNull(), "flip_sin_to_cos": true, "freq_shift": 0,
      "in_channels": 4, "layers_per_block": 2, "mid_block_only_cross_attention": NSNull(),
      "mid_block_scale_factor": 1, "mid_block_type": "UNetMidBlock2DCrossAttn", "norm_eps": 1e-05,
      "norm_num_groups": 32, "num_attention_heads": NSNull(), "num_class_embeds": NSNull(),
      "only_cross_attention": false, "out_channels": 4, "projection_class_embeddings_input_dim": NSNull(),
      "resnet_out_scale_factor": 1.0, "resnet_skip_time_act": false, "resnet_time_scale_shift": "default",
      "reverse_transformer_layers_per_block": NSNull(), "sample_size": 64, "time_cond_proj_dim": NSNull(),
      "time_embedding_act_fn": NSNull(), "time_embedding_dim": NSNull(), "time_embedding_type": "positional",
      "timestep_post_act": NSNull(), "transformer_layers_per_block": 1, "upcast_attention": true,
      "use_linear_projection": true, "block_out_channels": [320, 640, 1280, 1280],
      "attention_head_dim": [5, 10, 20, 20], "cross_attention_dim": 1024,
    ]
  }

  @Test func `a UNet's`() throws {
    let configuration = try UNet2DConditionModel.Configuration(folder("config.json", Self.unet))
    #expect(configuration.pictureSize(scaleFactor: 8) == (512, 512))
    let tall = try folder("config.json", Self.unet.merging(["sample_size": [96, 64]]) { $1 })
    #expect(try UNet2DConditionModel.Configuration(tall).pictureSize(scaleFactor: 8) == (512, 768))
    for (field, value) in [
      ("_class_name", "UNetMotionModel" as Any), ("attention_twist", 1), ("conv_in_kernel", 5),
      ("norm_num_groups", 48), ("sample_size", [64]), ("sample_size", [Int]()),
    ] {
      let changed = try folder("config.json", Self.unet.merging([field: value]) { $1 })
      let message = try error { _ = try UNet2DConditionModel.Configuration(changed) }
      #expect(message.hasPrefix("model/config.json: '\(field)'"), "\(message)")
    }
  }

  /// As `save_pretrained` writes it, with a safety checker that was left out and one that was not.
  static var index: [String: Any] {
    [
      "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.42.1", "_name_or_path": "x",
      "feature_extractor": ["transformers", "CLIPImageProcessor"], "image_encoder": [NSNull(), NSNull()],
      "requires_safety_checker": true,
      "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
      "scheduler": ["diffusers", "PNDMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
      "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"],
      "vae": ["diffusers", "AutoencoderKL"],
    ]
  }

  @Test func `a pipeline's index`() throws {
    let file = "model_index.json"
    #expect(try PipelineClass(folder(file, Self.index)) == .stableDiffusion)
    for (field, value, words) in [
      (
        "vae", ["diffusers", "AutoencoderDC"],
        "is AutoencoderDC of diffusers; supported is AutoencoderKL or AutoencoderTiny"
      ),
      ("unet", ["diffusers", "UNetMotionModel"], "is UNetMotionModel of diffusers; supported is UNet2D"),
      ("unet", ["my_unet", "UNet2DConditionModel"], "is UNet2DConditionModel of my_unet"),
      ("text_encoder", ["transformers", "T5EncoderModel"], "supported is CLIPTextModel of transformers"),
      ("tokenizer", ["transformers", "T5Tokenizer"], "supported is CLIPTokenizer or CLIPTokenizerFast of"),
      (
        "scheduler", ["diffusers", "VQDiffusionScheduler"],
        "is VQDiffusionScheduler of diffusers; supported is"
      ),
      (
        "text_encoder_2", ["transformers", "CLIPTextModelWithProjection"],
        "is CLIPTextModelWithProjection of transformers; StableDiffusionPipeline has no such part, only scheduler"
      ),
      ("controlnet", ["diffusers", "ControlNetModel"], "has no such part"),
      (
        "vae", [NSNull(), NSNull()],
        "is left out; StableDiffusionPipeline has AutoencoderKL or AutoencoderTiny of diffusers"
      ),
      ("unet", NSNull(), "is left out"), ("unet", "UNet2DConditionModel", "expected the name of a library"),
      ("unet", ["diffusers"], "expected the name of a library"), ("twist", 2, "is not known here"),
      ("twist", [1, 2], "expected the name of a library"), ("twist", true, "is not known here"),
    ] as [(String, Any, String)] {
      let message = try error {
        _ = try PipelineClass(folder(file, Self.index.merging([field: value]) { $1 }))
      }
      #expect(
        message.hasPrefix("model/model_index.json: '\(field)'") && message.contains(words), "\(message)")
    }
    // Parts that are not there, or not used here, are no matter.
    var less = Self.index
    for field in ["feature_extractor", "image_encoder", "safety_checker", "requires_safety_checker"] {
      less[field] = nil
    }
    less["motion_adapter"] = [NSNull(), NSNull()]
    #expect(try PipelineClass(folder(file, less)) == .stableDiffusion)
  }

  @Test func `an index that names another scheduler than the scheduler's own file`() throws {
    let place = try TemporaryFolder()
    func write(_ json: [String: Any], _ name: String) throws {
      try JSONSerialization.data(withJSONObject: json).write(to: place.url.appendingPathComponent(name))
    }
    try FileManager.default.createDirectory(
      at: place.url.appendingPathComponent("scheduler"), withIntermediateDirectories: true)
    try write(Self.index, "model_index.json")
    for (name, isFine) in [("PNDMScheduler", true), ("DDIMScheduler", false)] {
      try write(["_class_name": name], "scheduler/scheduler_config.json")
      guard !isFine else {
        #expect(try PipelineClass(ModelDirectory(place.url)) == .stableDiffusion)
        continue
      }
      let message = try error { _ = try PipelineClass(ModelDirectory(place.url)) }
      #expect(
        message.contains(
          "'scheduler': is PNDMScheduler, and DDIMScheduler in scheduler/scheduler_config.json"))
    }
  }

  @Test func `an autoencoder's`() throws {
    let json: [String: Any] = [
      "_class_name": "AutoencoderKL", "_diffusers_version": "0.42.1", "act_fn": "silu",
      "block_out_channels": [128, 256, 512, 512],
      "down_block_types": [String](repeating: "DownEncoderBlock2D", count: 4), "force_upcast": true,
      "in_channels": 3, "latent_channels": 4, "latents_mean": NSNull(), "latents_std": NSNull(),
      "layers_per_block": 2, "mid_block_add_attention": true, "norm_num_groups": 32, "out_channels": 3,
      "sample_size": 768, "scaling_factor": 0.18215, "shift_factor": NSNull(),
      "up_block_types": [String](repeating: "UpDecoderBlock2D", count: 4), "use_post_quant_conv": true,
      "use_quant_conv": true,
    ]
    #expect(try AutoencoderKL.Configuration(folder("config.json", json)).scaleFactor == 8)
    for (field, value) in [
      ("_class_name", "AutoencoderTiny" as Any), ("scaling_factor", 0), ("scaling_factor", -1),
      ("block_out_channels", [Int](repeating: 32, count: 64)), ("shift_factor", 0.1), ("twist", true),
    ] {
      let changed = try folder("config.json", json.merging([field: value]) { $1 })
      let message = try error { _ = try AutoencoderKL.Configuration(changed) }
      #expect(message.hasPrefix("model/config.json: '\(field)'"), "\(message)")
    }
  }

  /// What older versions of transformers wrote into every configuration.
  static var general: [String: Any] {
    [
      "_name_or_path": "", "add_cross_attention": false, "architectures": NSNull(), "bad_words_ids": NSNull(),
      "chunk_size_feed_forward": 0, "cross_attention_hidden_size": NSNull(), "diversity_penalty": 0.0,
      "do_sample": false, "early_stopping": false, "encoder_no_repeat_ngram_size": 0,
      "finetuning_task": NSNull(), "id2label": ["0": "LABEL_0"], "is_decoder": false,
      "is_encoder_decoder": false, "label2id": ["LABEL_0": 0], "length_penalty": 1.0, "max_length": 20,
      "min_length": 0, "no_repeat_ngram_size": 0, "num_beam_groups": 1, "num_beams": 1,
      "num_return_sequences": 1, "output_attentions": false, "output_hidden_states": false,
      "output_scores": false, "problem_type": NSNull(), "pruned_heads": [String: Any](),
      "remove_invalid_values": false, "repetition_penalty": 1.0, "return_dict": true,
      "return_dict_in_generate": false, "task_specific_params": NSNull(), "temperature": 1.0,
      "tie_encoder_decoder": false, "tie_word_embeddings": true, "tokenizer_class": NSNull(), "top_k": 50,
      "top_p": 1.0, "torch_dtype": "float32", "torchscript": false, "transformers_version": "4.16.0",
      "typical_p": 1.0, "use_bfloat16": false, "dropout": 0.0, "attention_dropout": 0.0,
      "initializer_factor": 1.0, "initializer_range": 0.02, "projection_dim": 768, "dtype": "float32",
      "hidden_act": "quick_gelu", "layer_norm_eps": 1e-05,
    ]
  }

  @Test func `both towers' of a CLIP`() throws {
    let text = Self.general.merging([
      "model_type": "clip_text_model", "bos_token_id": 0, "eos_token_id": 2, "pad_token_id": 1,
      "hidden_size": 768, "intermediate_size": 3072, "num_attention_heads": 12, "num_hidden_layers": 12,
      "max_position_embeddings": 77, "vocab_size": 49408,
    ]) { $1 }
    let vision = Self.general.merging([
      "model_type": "clip_vision_model", "hidden_size": 1024, "intermediate_size": 4096,
      "num_attention_heads": 16, "num_hidden_layers": 24, "image_size": 224, "patch_size": 14,
    ]) { $1 }
    let whole: [String: Any] = [
      "_commit_hash": "x", "architectures": ["CLIPModel"], "initializer_factor": 1.0,
      "logit_scale_init_value": 2.6592, "model_type": "clip", "projection_dim": 768, "text_config": text,
      "text_config_dict": ["hidden_size": 768, "num_attention_heads": 12, "projection_dim": 768],
      "vision_config": vision, "torch_dtype": "float32", "transformers_version": NSNull(),
    ]
    let clip = try CLIPConfiguration(folder("config.json", whole).fields(of: "config.json"))
    #expect(clip.projectionDim == 768 && clip.vision.patchSize == 14 && clip.text.encoder.hiddenSize == 768)
    #expect(try CLIPTextConfiguration(folder("config.json", text)).eosTokenID == 2)
    for (field, value) in [
      ("pruned_heads", ["0": [1]] as Any), ("is_decoder", true), ("num_hidden_layers", -1),
      ("eos_token_id", -1), ("position_twist", 2), ("model_type", "bert"), ("layer_norm_eps", 0),
    ] {
      let changed = try folder("config.json", text.merging([field: value]) { $1 })
      let message = try error { _ = try CLIPTextConfiguration(changed) }
      #expect(message.hasPrefix("model/config.json: '\(field)'"), "\(message)")
    }
  }

  @Test(arguments: SchedulerConfiguration.Class.allCases.map(\.rawValue))
  func `a scheduler's, with what it was made from left in it`(name: String) throws {
    let json: [String: Any] = [
      "_class_name": name, "_diffusers_version": "0.42.1", "_use_default_values": ["solver_order"],
      "beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false,
      "clip_sample_range": 1.0, "dynamic_thresholding_ratio": 0.995, "euler_at_final": false,
      "final_sigmas_type": "zero", "flow_shift": 1.0, "interpolation_type": "linear",
      "lower_order_final": true, "noise_sampler_seed": NSNull(), "num_train_timesteps": 1000,
      "prediction_type": "epsilon",
      "rescale_betas_zero_snr": false, "sample_max_value": 1.0, "set_alpha_to_one": false,
      "sigma_max": NSNull(), "sigma_min": NSNull(), "skip_prk_steps": true, "solver_order": 2,
      "solver_type": "midpoint", "steps_offset": 1, "thresholding": false, "time_shift_type": "exponential",
      "timestep_spacing": "leading", "timestep_type": "discrete", "trained_betas": NSNull(),
      "use_beta_sigmas": false, "use_dynamic_shifting": false, "use_exponential_sigmas": false,
      "use_flow_sigmas": false, "use_karras_sigmas": false, "use_lu_lambdas": false,
      "variance_type": NSNull(),
    ]
    let configuration = try SchedulerTests.configuration(json)
    #expect(try configuration.inPipeline(nil).scheduler(steps: 20).timesteps.count >= 20)
    let message = try error { _ = try SchedulerTests.configuration(json.merging(["shift": 3]) { $1 }) }
    #expect(message.contains("scheduler_config.json: 'shift': is not known here"))
  }
}
