import Checkpoints

/// The families of Stable Diffusion that single files are read of, told by the text towers in them.
enum Family: CaseIterable {
  case v1
  case v2
  case xl

  /// A text tower of a single file, and the parts of a folder that it becomes.
  struct Tower {
    enum Layout {
      case openAI
      case openCLIP
    }

    /// What its tensors' names begin with.
    let prefix: String
    let layout: Layout
    let part: String
    let tokenizer: String
    /// What texts are filled up with: OpenCLIP's own tokenizer does so with zeros, which is the id of `!`.
    let padding: String
  }

  var towers: [Tower] {
    switch self {
    case .v1: [.openAI("cond_stage_model.transformer.")]
    case .v2: [.openCLIP("cond_stage_model.model.", number: "")]
    case .xl:
      [
        .openAI("conditioner.embedders.0.transformer."),
        .openCLIP("conditioner.embedders.1.model.", number: "_2"),
      ]
    }
  }

  /// - Parameter keys: of a file
  init?(_ keys: [String]) {
    let found = Self.allCases.first { family in
      family.towers.allSatisfy { tower in keys.contains { $0.hasPrefix(tower.prefix) } }
    }
    guard let found else { return nil }
    self = found
  }

  var name: String {
    switch self {
    case .v1: "Stable Diffusion 1.x"
    case .v2: "Stable Diffusion 2.x"
    case .xl: "Stable Diffusion XL"
    }
  }

  /// What latents are divided by before they are decoded.
  var scalingFactor: Double { self == .xl ? 0.13025 : 0.18215 }

  /// Whether the last layer of its one text tower was trained but is not used.
  var dropsLastLayer: Bool { self == .v2 }

  /// Latents along each edge of the pictures that the published models were trained for.
  func sampleSize(_ prediction: Prediction) -> Int {
    switch self {
    case .v1: 64
    case .v2: prediction.type == .velocity ? 96 : 64
    case .xl: 128
    }
  }

  /// The `model_index.json` of a folder.
  var index: JSONValue {
    func entry(_ library: String, _ name: String) -> JSONValue { .texts([library, name]) }
    var fields: [String: JSONValue] = [
      "_class_name": .string(self == .xl ? "StableDiffusionXLPipeline" : "StableDiffusionPipeline"),
      "unet": entry("diffusers", "UNet2DConditionModel"), "vae": entry("diffusers", "AutoencoderKL"),
      "scheduler": entry("diffusers", schedulerClass(.epsilon)),
    ]
    for tower in towers {
      fields[tower.tokenizer] = entry("transformers", "CLIPTokenizer")
      fields[tower.part] = entry(
        "transformers", tower.projects ? "CLIPTextModelWithProjection" : "CLIPTextModel")
    }
    if self == .xl { fields["force_zeros_for_empty_prompt"] = .bool(true) }
    return .object(fields)
  }

  /// The `scheduler_config.json` that the published model of the family comes with.
  func scheduler(_ prediction: Prediction) -> JSONValue {
    var fields: [String: JSONValue] = [
      "_class_name": .string(schedulerClass(prediction.type)), "beta_start": .number(0.00085),
      "beta_end": .number(0.012), "beta_schedule": .string("scaled_linear"),
      "num_train_timesteps": .number(1000),
      "prediction_type": .string(prediction.type.rawValue), "steps_offset": .number(1),
      "clip_sample": .bool(false),
    ]
    if prediction.hasZeroTerminalSNR { fields["rescale_betas_zero_snr"] = .bool(true) }
    if self == .xl {
      fields["timestep_spacing"] = .string("leading")
    } else {
      fields["set_alpha_to_one"] = .bool(false)
      fields["skip_prk_steps"] = .bool(true)
    }
    return .object(fields)
  }

  private func schedulerClass(_ type: Prediction.Kind) -> String {
    switch self {
    case .v1: "PNDMScheduler"
    case .v2: type == .velocity ? "DDIMScheduler" : "PNDMScheduler"
    case .xl: "EulerDiscreteScheduler"
    }
  }
}

extension Family.Tower {
  fileprivate static func openAI(_ prefix: String) -> Self {
    Self(
      prefix: prefix, layout: .openAI, part: "text_encoder", tokenizer: "tokenizer", padding: "<|endoftext|>")
  }

  /// - Parameter number: after the names of its parts
  fileprivate static func openCLIP(_ prefix: String, number: String) -> Self {
    Self(
      prefix: prefix, layout: .openCLIP, part: "text_encoder\(number)", tokenizer: "tokenizer\(number)",
      padding: "!")
  }

  /// Whether its pooled text steers the UNet too.
  var projects: Bool { part != "text_encoder" }
}
