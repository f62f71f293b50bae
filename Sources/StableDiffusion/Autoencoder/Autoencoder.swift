package import Checkpoints
package import Tensors

/// What makes pictures of latents: ``AutoencoderKL``, or ``AutoencoderTiny`` in its place.
package protocol Autoencoder: Sendable {
  /// Pixels along each edge of a latent.
  var scaleFactor: Int { get }
  /// Channels of a latent.
  var latentChannels: Int { get }

  /// - Parameter latents: `[batch, height, width, latentChannels]`, as the diffusion model has them
  /// - Returns: `[batch, height · scaleFactor, width · scaleFactor, 3]`, nominally in -1...1
  func decode(_ latents: Tensor) -> Tensor
}

/// The classes of autoencoders that there are, by diffusers' names.
package enum AutoencoderClass: String, Sendable, CaseIterable {
  case kl = "AutoencoderKL"
  case tiny = "AutoencoderTiny"

  /// That of a `vae` folder; one that does not say is of the first.
  /// - Throws: ``CheckpointError`` naming the class when it is no such.
  package init(_ files: any ModelFiles) throws(CheckpointError) {
    self = try files.fields(of: "config.json").choice("_class_name", of: Self.self) ?? .kl
  }

  /// Loads configuration and weights of a `vae` folder.
  /// - Throws: ``CheckpointError`` naming the field or tensor at fault.
  package static func load(_ files: any ModelFiles) throws(CheckpointError) -> any Autoencoder {
    switch try AutoencoderClass(files) {
    case .kl: try AutoencoderKL(files)
    case .tiny: try AutoencoderTiny(files)
    }
  }

  /// Pixels along each edge of a latent, of a `vae` folder's configuration.
  package static func scaleFactor(_ files: any ModelFiles) throws(CheckpointError) -> Int {
    switch try AutoencoderClass(files) {
    case .kl: try AutoencoderKL.Configuration(files).scaleFactor
    case .tiny: try AutoencoderTiny.Configuration(files).scaleFactor
    }
  }
}
