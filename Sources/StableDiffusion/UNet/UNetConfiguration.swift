public import Checkpoints

extension UNet2DConditionModel {
  /// The fields of a diffusers `unet/config.json` that decide the graph.
  public struct Configuration: Sendable, Hashable {
    public let sampleSize: PerLevel<Int>?
    public let inChannels: Int
    public let outChannels: Int
    public let blockOutChannels: [Int]
    public let downBlockTypes: [String]
    public let upBlockTypes: [String]
    /// Nil where the model has no mid block, as in distilled checkpoints.
    public let midBlockType: String?
    public let layersPerBlock: PerLevel<Int>
    public let transformerLayersPerBlock: PerLevel<Int>
    /// The number of heads: diffusers' historic name for it.
    public let attentionHeadDim: PerLevel<Int>
    public let numAttentionHeads: PerLevel<Int>?
    public let crossAttentionDim: PerLevel<Int>
    public let useLinearProjection: Bool
    public let normNumGroups: Int
    public let normEps: Float
    public let flipSinToCos: Bool
    public let freqShift: Float

    /// Absent fields take the defaults of diffusers' `UNet2DConditionModel`.
    /// - Throws: `CheckpointError` naming the field that is not supported or contradicts another.
    public init(_ files: any ModelFiles) throws(CheckpointError) {
      let fields = try files.fields(of: "config.json")
      try fields.require(Self.supportedValues)
      // More would leave nothing of any picture.
      let levels = 1...10
      // A size for both sides, or height and width.
      sampleSize = try fields.perLevel("sample_size", .pixels, count: 2...2)
      inChannels = try fields.whole("in_channels", .channels) ?? 4
      outChannels = try fields.whole("out_channels", .channels) ?? 4
      blockOutChannels =
        try fields.wholes("block_out_channels", .channels, count: levels) ?? [320, 640, 1280, 1280]
      downBlockTypes =
        try fields.texts("down_block_types", count: levels)
        ?? ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"]
      upBlockTypes =
        try fields.texts("up_block_types", count: levels)
        ?? ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
      midBlockType =
        try fields.text("mid_block_type")
        ?? (fields.states("mid_block_type") ? nil : "UNetMidBlock2DCrossAttn")
      layersPerBlock = try fields.perLevel("layers_per_block", .layers, count: levels) ?? PerLevel(2)
      transformerLayersPerBlock =
        try fields.perLevel("transformer_layers_per_block", .layers, count: levels) ?? PerLevel(1)
      attentionHeadDim = try fields.perLevel("attention_head_dim", .heads, count: levels) ?? PerLevel(8)
      numAttentionHeads = try fields.perLevel("num_attention_heads", .heads, count: levels)
      crossAttentionDim = try fields.perLevel("cross_attention_dim", .width, count: levels) ?? PerLevel(1280)
      useLinearProjection = try fields.flag("use_linear_projection") ?? false
      normNumGroups = try fields.whole("norm_num_groups", .groups) ?? 32
      normEps = try Float(fields.number("norm_eps", .epsilon) ?? 1e-5)
      flipSinToCos = try fields.flag("flip_sin_to_cos") ?? true
      freqShift = try Float(fields.number("freq_shift", Quantity("a shift", 0...1.0)) ?? 0)
      try fields.requireAllKnown(withoutEffect: Self.withoutEffect)
      try validate(fields)
    }

    var heads: PerLevel<Int> { numAttentionHeads ?? attentionHeadDim }
    var levels: Int { blockOutChannels.count }
    var timeEmbeddingWidth: Int { blockOutChannels[0] * 4 }

    /// Whether the blocks on the way down or up at a level, 0 being the finest, have transformers.
    func attendsOnWayDown(_ level: Int) -> Bool { downBlockTypes[level] == "CrossAttnDownBlock2D" }
    func attendsOnWayUp(_ level: Int) -> Bool { upBlockTypes[levels - 1 - level] == "CrossAttnUpBlock2D" }

    /// Fields that would change the graph in ways that Stable Diffusion 1.x and 2.x do not use.
    private static let supportedValues: [String: [JSONValue]] = [
      "_class_name": [.string("UNet2DConditionModel")],
      "act_fn": [.string("silu"), .string("swish")],
      "addition_embed_type": [.null],
      "attention_type": [.string("default")],
      "center_input_sample": [.bool(false)],
      "class_embed_type": [.null],
      "conv_in_kernel": [.number(3)],
      "conv_out_kernel": [.number(3)],
      "cross_attention_norm": [.null],
      "downsample_padding": [.number(1)],
      "dual_cross_attention": [.bool(false)],
      "encoder_hid_dim_type": [.null],
      "encoder_hid_dim": [.null],
      "mid_block_only_cross_attention": [.null, .bool(false)],
      "mid_block_scale_factor": [.number(1)],
      "mid_block_type": [.null, .string("UNetMidBlock2DCrossAttn")],
      "num_class_embeds": [.null],
      "only_cross_attention": [.bool(false)],
      "resnet_out_scale_factor": [.number(1)],
      "resnet_skip_time_act": [.bool(false)],
      "resnet_time_scale_shift": [.string("default")],
      "reverse_transformer_layers_per_block": [.null],
      "time_cond_proj_dim": [.null],
      "time_embedding_act_fn": [.null],
      "time_embedding_dim": [.null],
      "time_embedding_type": [.string("positional")],
      "timestep_post_act": [.null],
    ]

    /// Those that act in training, in half precision, or with what ``supportedValues`` excludes.
    private static let withoutEffect: Set = [
      "addition_embed_type_num_heads", "addition_time_embed_dim", "class_embeddings_concat", "dropout",
      "projection_class_embeddings_input_dim", "upcast_attention",
    ]

    private func validate(_ fields: ConfigurationFields) throws(CheckpointError) {
      for (field, types, known) in [
        ("down_block_types", downBlockTypes, ["CrossAttnDownBlock2D", "DownBlock2D"]),
        ("up_block_types", upBlockTypes, ["CrossAttnUpBlock2D", "UpBlock2D"]),
      ] {
        guard types.count == levels else {
          throw fields.error(field, "\(types.count) blocks for \(levels) block_out_channels")
        }
        if let type = types.first(where: { !known.contains($0) }) {
          throw fields.error(field, "'\(type)' is not supported, only \(known.joined(separator: " and "))")
        }
      }
      // The embedding of a timestep has a sine and a cosine for every two channels.
      guard blockOutChannels[0].isMultiple(of: 2) else {
        throw fields.error(
          "block_out_channels", "begins with \(blockOutChannels[0]), which is no even number")
      }
      guard Set(crossAttentionDim.all).count == 1 else {
        throw fields.error(
          "cross_attention_dim", "has several widths, but one text encoder feeds all levels")
      }
      let heads = (numAttentionHeads == nil ? "attention_head_dim" : "num_attention_heads", self.heads)
      for (field, list) in [
        ("layers_per_block", layersPerBlock), ("transformer_layers_per_block", transformerLayersPerBlock),
        heads, ("cross_attention_dim", crossAttentionDim),
      ] {
        guard list.levels == nil || list.levels == levels else {
          throw fields.error(field, "\(list.levels ?? 0) values for \(levels) block_out_channels")
        }
      }
      for (level, channels) in blockOutChannels.enumerated() {
        guard channels % heads.1[level] == 0 else {
          throw fields.error(heads.0, "\(heads.1[level]) heads do not divide \(channels) channels")
        }
        guard channels % normNumGroups == 0 else {
          throw fields.error("norm_num_groups", "\(normNumGroups) groups do not divide \(channels) channels")
        }
      }
    }
  }
}
