package import Checkpoints
import Tensors

extension AutoencoderTiny {
  /// The fields of an `AutoencoderTiny`'s `config.json` that decide the decoder.
  package struct Configuration: Sendable {
    /// Channels and blocks of the decoder's stages, coarsest first.
    let channels: [Int]
    let blocks: [Int]
    let latentChannels: Int
    let scalingFactor: Float
    let activation: Activation

    /// Absent fields take the defaults of diffusers' `AutoencoderTiny`.
    /// - Throws: ``CheckpointError`` naming the field that is not supported or contradicts another.
    package init(_ files: any ModelFiles) throws(CheckpointError) {
      let fields = try files.fields(of: "config.json")
      try fields.require(Self.supportedValues)
      let stages = 1...10
      channels =
        try fields.wholes("decoder_block_out_channels", .channels, count: stages) ?? [64, 64, 64, 64]
      blocks = try fields.wholes("num_decoder_blocks", .layers, count: stages) ?? [3, 3, 3, 1]
      latentChannels = try fields.whole("latent_channels", .channels) ?? 4
      scalingFactor = try Float(fields.number("scaling_factor", .factor) ?? 1)
      activation = try fields.choice("act_fn", of: Activation.self) ?? .relu
      guard channels.count == blocks.count else {
        throw fields.error(
          "num_decoder_blocks",
          "is of \(blocks.count) stages, decoder_block_out_channels of \(channels.count)")
      }
      guard Set(channels).count == 1 else {
        throw fields.error(
          "decoder_block_out_channels", "is \(channels), supported are equal channels in all stages")
      }
      try fields.requireAllKnown(withoutEffect: Self.withoutEffect)
    }

    /// Pixels along each edge of a latent: every stage but the last doubles the extent.
    package var scaleFactor: Int { 1 << (blocks.count - 1) }

    private static let supportedValues: [String: [JSONValue]] = [
      "_class_name": [.string("AutoencoderTiny")],
      "out_channels": [.number(3)],
      "shift_factor": [.null, .number(0)],
      "upsample_fn": [.string("nearest")],
      "upsampling_scaling_factor": [.number(2)],
    ]

    /// Those of the encoder, of half precision, of latents kept as pictures, and a second name for the channels.
    private static let withoutEffect: Set = [
      "block_out_channels", "encoder_block_out_channels", "force_upcast", "in_channels", "latent_magnitude",
      "latent_shift", "num_encoder_blocks",
    ]
  }

  /// `act_fn`, by its names in diffusers.
  enum Activation: String, Sendable, CaseIterable {
    case relu, silu, swish, gelu

    func callAsFunction(_ x: Tensor) -> Tensor {
      switch self {
      case .relu: x.relu()
      case .silu, .swish: x.silu()
      case .gelu: x.gelu()
      }
    }
  }
}
