package import Checkpoints
import Foundation
import Layers
package import Tensors

/// The decoder of the variational autoencoder of latent diffusion (Rombach et al. 2022):
/// latents to pictures, diffusers' `AutoencoderKL.decode`.
package struct AutoencoderKL: Autoencoder {
  /// Every level but the last doubles the extent.
  package let scaleFactor: Int
  package let latentChannels: Int

  private let scalingFactor: Float
  private let postQuantization: Convolution?
  private let decoder: AutoencoderDecoder

  /// Loads `config.json` and the decoder's weights of a `vae` folder.
  /// - Throws: ``CheckpointError`` naming the field or tensor at fault.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    let configuration = try Configuration(files)
    let weights = try files.weights()
    let latentChannels = configuration.latentChannels
    scaleFactor = configuration.scaleFactor
    self.latentChannels = latentChannels
    scalingFactor = configuration.scalingFactor
    postQuantization =
      configuration.usePostQuantConv
      ? try Convolution(weights.post_quant_conv, latentChannels, latentChannels, kernel: 1, padding: 0)
      : nil
    decoder = try AutoencoderDecoder(weights.decoder, configuration)
    try weights.requireAllUsed(ignoring: ["encoder.", "quant_conv."])
  }

  /// Decodes one image after the other, large maps in bands of rows: Stable Diffusion's decoder takes less
  /// than 2 GiB besides its weights for 1024×1024 pixels.
  ///
  /// - Parameter latents: `[batch, height, width, latentChannels]`, as the diffusion model has them
  /// - Returns: `[batch, height · scaleFactor, width · scaleFactor, 3]`, nominally in -1...1
  package func decode(_ latents: Tensor) -> Tensor { decode(latents, bands: .standard) }

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
