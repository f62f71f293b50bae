package import Checkpoints

extension AutoencoderKL {
  /// The fields of diffusers' `vae/config.json` that decide the decoder.
  package struct Configuration: Sendable {
    /// Channels of the levels, finest first.
    let blockOutChannels: [Int]
    let latentChannels: Int
    let scalingFactor: Float
    let layersPerBlock: Int
    let normNumGroups: Int
    let usePostQuantConv: Bool
    let midBlockAddAttention: Bool

    /// Absent fields take the defaults of diffusers' `AutoencoderKL`.
    /// - Throws: ``CheckpointError`` naming the field that is not supported or contradicts another.
    package init(_ files: any ModelFiles) throws(CheckpointError) {
      let fields = try files.fields(of: "config.json")
      try fields.require(Self.supportedValues)
      let levels = 1...10
      blockOutChannels = try fields.wholes("block_out_channels", .channels, count: levels) ?? [64]
      latentChannels = try fields.whole("latent_channels", .channels) ?? 4
      scalingFactor = try Float(fields.number("scaling_factor", .factor) ?? 0.18215)
      layersPerBlock = try fields.whole("layers_per_block", .layers) ?? 1
      normNumGroups = try fields.whole("norm_num_groups", .groups) ?? 32
      usePostQuantConv = try fields.flag("use_post_quant_conv") ?? true
      midBlockAddAttention = try fields.flag("mid_block_add_attention") ?? true
      let types = try fields.texts("up_block_types", count: levels)
      guard types == nil || types == blockOutChannels.map({ _ in "UpDecoderBlock2D" }) else {
        throw fields.error(
          "up_block_types",
          "is \(types ?? []), supported is UpDecoderBlock2D for each of block_out_channels")
      }
      if let channels = blockOutChannels.first(where: { $0 % normNumGroups != 0 }) {
        throw fields.error("norm_num_groups", "\(normNumGroups) groups do not divide \(channels) channels")
      }
      try fields.requireAllKnown(withoutEffect: Self.withoutEffect)
    }

    /// Pixels along each edge of a latent: every level but the last doubles the extent.
    package var scaleFactor: Int { 1 << (blockOutChannels.count - 1) }

    /// Fields that would change the decoder in ways that Stable Diffusion does not use.
    private static let supportedValues: [String: [JSONValue]] = [
      "_class_name": [.string("AutoencoderKL")],
      "act_fn": [.string("silu"), .string("swish")],
      "latents_mean": [.null],
      "latents_std": [.null],
      "out_channels": [.number(3)],
      "shift_factor": [.null],
    ]

    /// Those of the encoder, of training and of half precision.
    private static let withoutEffect: Set = [
      "down_block_types", "force_upcast", "in_channels", "sample_size", "use_quant_conv",
    ]
  }
}
