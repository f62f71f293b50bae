public import Checkpoints

extension UNet2DConditionModel {
  /// The fields of a diffusers `unet/config.json` that decide the graph.
  public struct Configuration: Decodable, Sendable, Hashable {
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

    private enum CodingKeys: String, CodingKey {
      case sampleSize = "sample_size"
      case inChannels = "in_channels"
      case outChannels = "out_channels"
      case blockOutChannels = "block_out_channels"
      case downBlockTypes = "down_block_types"
      case upBlockTypes = "up_block_types"
      case midBlockType = "mid_block_type"
      case layersPerBlock = "layers_per_block"
      case transformerLayersPerBlock = "transformer_layers_per_block"
      case attentionHeadDim = "attention_head_dim"
      case numAttentionHeads = "num_attention_heads"
      case crossAttentionDim = "cross_attention_dim"
      case useLinearProjection = "use_linear_projection"
      case normNumGroups = "norm_num_groups"
      case normEps = "norm_eps"
      case flipSinToCos = "flip_sin_to_cos"
      case freqShift = "freq_shift"
    }

    /// Absent fields take the defaults of diffusers' `UNet2DConditionModel`.
    public init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      func value<T: Decodable>(_ key: CodingKeys, _ fallback: T) throws -> T {
        try fields.decodeIfPresent(T.self, forKey: key) ?? fallback
      }
      sampleSize = try fields.decodeIfPresent(PerLevel<Int>.self, forKey: .sampleSize)
      inChannels = try value(.inChannels, 4)
      outChannels = try value(.outChannels, 4)
      blockOutChannels = try value(.blockOutChannels, [320, 640, 1280, 1280])
      downBlockTypes = try value(
        .downBlockTypes,
        ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"])
      upBlockTypes = try value(
        .upBlockTypes, ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"])
      midBlockType =
        fields.contains(.midBlockType)
        ? try fields.decodeIfPresent(String.self, forKey: .midBlockType) : "UNetMidBlock2DCrossAttn"
      layersPerBlock = try value(.layersPerBlock, PerLevel(2))
      transformerLayersPerBlock = try value(.transformerLayersPerBlock, PerLevel(1))
      attentionHeadDim = try value(.attentionHeadDim, PerLevel(8))
      numAttentionHeads = try fields.decodeIfPresent(PerLevel<Int>.self, forKey: .numAttentionHeads)
      crossAttentionDim = try value(.crossAttentionDim, PerLevel(1280))
      useLinearProjection = try value(.useLinearProjection, false)
      normNumGroups = try value(.normNumGroups, 32)
      normEps = try value(.normEps, 1e-5)
      flipSinToCos = try value(.flipSinToCos, true)
      freqShift = try value(.freqShift, 0)
    }

    var heads: PerLevel<Int> { numAttentionHeads ?? attentionHeadDim }
    var levels: Int { blockOutChannels.count }
    var timeEmbeddingWidth: Int { blockOutChannels[0] * 4 }

    /// Whether the blocks on the way down or up at a level, 0 being the finest, have transformers.
    func attendsOnWayDown(_ level: Int) -> Bool { downBlockTypes[level] == "CrossAttnDownBlock2D" }
    func attendsOnWayUp(_ level: Int) -> Bool { upBlockTypes[levels - 1 - level] == "CrossAttnUpBlock2D" }

    /// Fields that would change the graph in ways that Stable Diffusion 1.x and 2.x do not use.
    static let supportedValues: [String: [JSONValue]] = [
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

    /// - Throws: `CheckpointError` naming the field that contradicts another.
    func validate(file: String) throws(CheckpointError) {
      func fail(_ field: String, _ reason: String) -> CheckpointError {
        .badConfiguration(path: file, field: field, reason: reason)
      }
      guard levels > 0, blockOutChannels.allSatisfy({ $0 > 0 }) else {
        throw fail("block_out_channels", "\(blockOutChannels) is not a list of channel counts")
      }
      for (field, types, known) in [
        ("down_block_types", downBlockTypes, ["CrossAttnDownBlock2D", "DownBlock2D"]),
        ("up_block_types", upBlockTypes, ["CrossAttnUpBlock2D", "UpBlock2D"]),
      ] {
        guard types.count == levels else {
          throw fail(field, "\(types.count) blocks for \(levels) block_out_channels")
        }
        if let type = types.first(where: { !known.contains($0) }) {
          throw fail(field, "'\(type)' is not supported, only \(known.joined(separator: " and "))")
        }
      }
      for (field, list) in [
        ("layers_per_block", layersPerBlock), ("transformer_layers_per_block", transformerLayersPerBlock),
        ("attention_head_dim", heads), ("cross_attention_dim", crossAttentionDim),
      ] {
        guard list.levels == nil || list.levels == levels else {
          throw fail(field, "\(list.levels ?? 0) values for \(levels) block_out_channels")
        }
        guard (0..<levels).allSatisfy({ list[$0] > 0 }) else { throw fail(field, "values must be positive") }
      }
      for level in 0..<levels where blockOutChannels[level] % heads[level] != 0 {
        throw fail(
          "attention_head_dim", "\(heads[level]) heads do not divide \(blockOutChannels[level]) channels")
      }
    }
  }
}
