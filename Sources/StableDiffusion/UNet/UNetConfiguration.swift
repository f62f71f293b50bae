package import Checkpoints

extension UNet2DConditionModel {
  /// The fields of a diffusers `unet/config.json` that decide the graph.
  package struct Configuration: Sendable, Hashable {
    /// What lies between the way down and the way up.
    package enum MidBlockType: String, Sendable, CaseIterable {
      /// Resnet, transformer, resnet.
      case attending = "UNetMidBlock2DCrossAttn"
      /// One resnet, as in distilled checkpoints.
      case plain = "UNetMidBlock2D"
    }

    /// What SDXL adds to the embedding of the timestep.
    package struct TextTime: Sendable, Hashable {
      static let type = "text_time"
      /// Values of the embedding of each of the picture's sizes.
      let timeEmbedDim: Int
      /// Values of all of them and of the pooled text together.
      let inputDim: Int

      /// Values of the pooled text.
      package var textWidth: Int { inputDim - MicroConditioning.count * timeEmbedDim }
    }

    package let sampleSize: PerLevel<Int>?
    package let inChannels: Int
    package let outChannels: Int
    package let blockOutChannels: [Int]
    package let downBlockTypes: [String]
    package let upBlockTypes: [String]
    /// Nil where the model has no mid block, as in distilled checkpoints.
    package let midBlockType: MidBlockType?
    package let layersPerBlock: PerLevel<Int>
    let transformerDepths: TransformerDepths
    /// The number of heads: diffusers' historic name for it.
    package let attentionHeadDim: PerLevel<Int>
    package let numAttentionHeads: PerLevel<Int>?
    package let crossAttentionDim: PerLevel<Int>
    package let useLinearProjection: Bool
    package let normNumGroups: Int
    package let normEps: Float
    package let flipSinToCos: Bool
    package let freqShift: Float
    /// Nil for models that take the text's hidden states alone.
    package let textTime: TextTime?
    /// Values of the embedding of the guidance scale; nil for models that do not take it.
    package let timeCondProjDim: Int?

    /// Absent fields take the defaults of diffusers' `UNet2DConditionModel`.
    /// - Throws: `CheckpointError` naming the field that is not supported or contradicts another.
    package init(_ files: any ModelFiles) throws(CheckpointError) {
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
        try fields.choice("mid_block_type", of: MidBlockType.self)
        ?? (fields.states("mid_block_type") ? nil : .attending)
      layersPerBlock = try fields.perLevel("layers_per_block", .layers, count: levels) ?? PerLevel(2)
      transformerDepths = try TransformerDepths(fields, levels: blockOutChannels.count, counts: levels)
      attentionHeadDim = try fields.perLevel("attention_head_dim", .heads, count: levels) ?? PerLevel(8)
      numAttentionHeads = try fields.perLevel("num_attention_heads", .heads, count: levels)
      crossAttentionDim = try fields.perLevel("cross_attention_dim", .width, count: levels) ?? PerLevel(1280)
      useLinearProjection = try fields.flag("use_linear_projection") ?? false
      normNumGroups = try fields.whole("norm_num_groups", .groups) ?? 32
      normEps = try Float(fields.number("norm_eps", .epsilon) ?? 1e-5)
      flipSinToCos = try fields.flag("flip_sin_to_cos") ?? true
      freqShift = try Float(fields.number("freq_shift", Quantity("a shift", 0...1.0)) ?? 0)
      textTime = try TextTime(fields)
      timeCondProjDim = try fields.whole("time_cond_proj_dim", Quantity("values", 4...1_048_576))
      try fields.requireAllKnown(withoutEffect: Self.withoutEffect)
      try validate(fields)
    }

    var heads: PerLevel<Int> { numAttentionHeads ?? attentionHeadDim }
    var levels: Int { blockOutChannels.count }
    var timeEmbeddingWidth: Int { blockOutChannels[0] * 4 }

    /// The transformer blocks after a resnet on the way down or up at a level, 0 being the finest; nil where the level
    /// has no transformers.
    func depthOnWayDown(_ level: Int, layer: Int) -> Int? {
      attendsOnWayDown(level) ? transformerDepths.onWayDown(level, layer: layer) : nil
    }
    func depthOnWayUp(_ level: Int, layer: Int) -> Int? {
      attendsOnWayUp(level) ? transformerDepths.onWayUp(level, layer: layer) : nil
    }

    func attendsOnWayDown(_ level: Int) -> Bool { downBlockTypes[level] == "CrossAttnDownBlock2D" }
    func attendsOnWayUp(_ level: Int) -> Bool { upBlockTypes[levels - 1 - level] == "CrossAttnUpBlock2D" }

    /// Fields that would change the graph in ways that Stable Diffusion and what was made from it do not use.
    private static let supportedValues: [String: [JSONValue]] = [
      "_class_name": [.string("UNet2DConditionModel")],
      "act_fn": [.string("silu"), .string("swish")],
      "addition_embed_type": [.null, .string(TextTime.type)],
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
      "num_class_embeds": [.null],
      "only_cross_attention": [.bool(false)],
      "resnet_out_scale_factor": [.number(1)],
      "resnet_skip_time_act": [.bool(false)],
      "resnet_time_scale_shift": [.string("default")],
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
  }
}

extension UNet2DConditionModel.Configuration.TextTime {
  /// Nil where the fields ask for no such thing.
  fileprivate init?(_ fields: ConfigurationFields) throws(CheckpointError) {
    guard try fields.text("addition_embed_type") == Self.type else { return nil }
    let (time, input) = ("addition_time_embed_dim", "projection_class_embeddings_input_dim")
    guard let timeEmbedDim = try fields.whole(time, Quantity("values", 2...65_536)) else {
      throw fields.error(time, "is missing, but addition_embed_type is \(Self.type)")
    }
    guard let inputDim = try fields.whole(input, .width) else {
      throw fields.error(input, "is missing, but addition_embed_type is \(Self.type)")
    }
    self.init(timeEmbedDim: timeEmbedDim, inputDim: inputDim)
    guard textWidth > 0 else {
      throw fields.error(
        input,
        "is \(inputDim), of which \(MicroConditioning.count) times \(time) (\(timeEmbedDim)) leave nothing to "
          + "the text")
    }
  }
}
