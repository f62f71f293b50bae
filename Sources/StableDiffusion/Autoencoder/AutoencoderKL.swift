public import Checkpoints
import Foundation
import Layers
public import Tensors

/// The decoder of the variational autoencoder of latent diffusion (Rombach et al. 2022):
/// latents to pictures, diffusers' `AutoencoderKL.decode`.
public struct AutoencoderKL: Sendable {
  /// The fields of diffusers' `vae/config.json` that decide the decoder.
  public struct Configuration: Decodable, Sendable {
    /// Channels of the levels, finest first.
    public let blockOutChannels: [Int]
    public let latentChannels: Int?
    public let scalingFactor: Double?
    let layersPerBlock: Int?
    let normNumGroups: Int?
    let upBlockTypes: [String]?
    let usePostQuantConv: Bool?
    let midBlockAddAttention: Bool?

    enum CodingKeys: String, CodingKey {
      case blockOutChannels = "block_out_channels"
      case latentChannels = "latent_channels"
      case scalingFactor = "scaling_factor"
      case layersPerBlock = "layers_per_block"
      case normNumGroups = "norm_num_groups"
      case upBlockTypes = "up_block_types"
      case usePostQuantConv = "use_post_quant_conv"
      case midBlockAddAttention = "mid_block_add_attention"
    }
  }

  /// Pixels along each edge of a latent: every level but the last doubles the extent.
  public let scaleFactor: Int
  /// Channels of a latent.
  public let latentChannels: Int

  private let scalingFactor: Float
  private let postQuantization: Convolution?
  private let decoder: AutoencoderDecoder

  /// Loads `config.json` and the decoder's weights of a `vae` folder.
  /// - Throws: ``CheckpointError`` naming the field or tensor at fault.
  public init(_ files: any ModelFiles) throws(CheckpointError) {
    try files.require(Configuration.supportedValues, in: "config.json")
    let configuration = try files.decode(Configuration.self, from: "config.json")
    try configuration.validate(file: files.path(of: "config.json"))
    let weights = try files.weights()
    let latentChannels = configuration.latentChannels ?? 4
    scaleFactor = 1 << (configuration.blockOutChannels.count - 1)
    self.latentChannels = latentChannels
    scalingFactor = Float(configuration.scalingFactor ?? 0.18215)
    postQuantization =
      configuration.usePostQuantConv ?? true
      ? try Convolution(weights.post_quant_conv, latentChannels, latentChannels, kernel: 1, padding: 0)
      : nil
    decoder = try AutoencoderDecoder(weights.decoder, configuration, latentChannels: latentChannels)
    try weights.requireAllUsed(ignoring: ["encoder.", "quant_conv."])
  }

  /// Decodes one image after the other, large maps in bands of rows: Stable Diffusion's decoder takes less
  /// than 2 GiB besides its weights for 1024×1024 pixels.
  ///
  /// - Parameter latents: `[batch, height, width, latentChannels]`, as the diffusion model has them
  /// - Returns: `[batch, height · scaleFactor, width · scaleFactor, 3]`, nominally in -1...1
  public func decode(_ latents: Tensor) -> Tensor { decode(latents, bands: .standard) }

  func decode(_ latents: Tensor, bands: RowBands) -> Tensor {
    precondition(
      latents.shape.rank == 4 && latents.shape.last == latentChannels,
      "latents have shape \(latents.shape), expected [batch, height, width, \(latentChannels)]")
    let scaled = latents * (1 / scalingFactor)
    let quantized = postQuantization.map { $0(scaled) } ?? scaled
    return .concatenating(
      (0..<latents.shape[0]).map { decoder(quantized.slice($0..<($0 + 1)), bands: bands) })
  }
}

extension AutoencoderKL.Configuration {
  /// Fields that would change the decoder in ways that Stable Diffusion does not use.
  fileprivate static let supportedValues: [String: [JSONValue]] = [
    "act_fn": [.string("silu"), .string("swish")],
    "latents_mean": [.null],
    "latents_std": [.null],
    "out_channels": [.number(3)],
    "shift_factor": [.null],
  ]

  /// - Throws: ``CheckpointError`` naming the field that is out of range or contradicts another.
  fileprivate func validate(file: String) throws(CheckpointError) {
    guard !blockOutChannels.isEmpty, blockOutChannels.allSatisfy({ $0 > 0 }) else {
      throw .badConfiguration(
        path: file, field: "block_out_channels", reason: "\(blockOutChannels) is not a list of channel counts"
      )
    }
    guard upBlockTypes == nil || upBlockTypes == blockOutChannels.map({ _ in "UpDecoderBlock2D" }) else {
      throw .badConfiguration(
        path: file, field: "up_block_types",
        reason: "is \(upBlockTypes ?? []), supported is UpDecoderBlock2D for each of block_out_channels")
    }
  }
}
