package import Checkpoints
public import Tensors

/// What makes latents of pictures: the other half of an ``Autoencoder``, loaded only where a picture is begun from
/// another, since many checkpoints are used, and some are saved, without it.
package protocol LatentEncoder: Sendable {
  /// Pixels along each edge of a latent.
  var scaleFactor: Int { get }

  /// - Parameter pixels: `[1, height, width, 3]` in -1...1, both sides multiples of ``scaleFactor``
  /// - Returns: what latents such a picture has, as the diffusion model knows them
  func encode(_ pixels: Tensor) -> LatentDistribution
}

/// The latents of a picture: normally distributed and independent of one another, diffusers'
/// `DiagonalGaussianDistribution`. A ``PictureEncoder`` gives them, and
/// ``DiffusionPipeline/denoise(_:from:seed:options:merging:)`` begins from them.
public struct LatentDistribution: Sendable {
  /// `[1, height, width, channels]`
  public let mean: Tensor
  /// Of the same shape; nil for an encoder that leaves nothing to chance.
  public let standardDeviation: Tensor?

  /// One of them, as image to image takes it (diffusers' `retrieve_latents` with `sample_mode` "sample"): draws as many
  /// numbers from `generator` as there are latents, or none.
  func sample(from generator: inout TorchGenerator) -> Tensor {
    guard let standardDeviation else { return mean }
    return mean + standardDeviation.multiplied(by: .noise(mean.shape, from: &generator))
  }
}

extension AutoencoderClass {
  /// Loads configuration and weights of the encoder of a `vae` folder.
  /// - Throws: ``CheckpointError`` naming the field or tensor at fault, ``CheckpointError/missingPart(path:part:reason:)``
  ///   when the file has no encoder.
  package static func loadEncoder(_ files: any ModelFiles) throws(CheckpointError) -> any LatentEncoder {
    switch try AutoencoderClass(files) {
    case .kl: try AutoencoderKLEncoder(files)
    case .tiny: try AutoencoderTinyEncoder(files)
    }
  }
}

extension Weights {
  /// The tensors of an encoder.
  /// - Throws: ``CheckpointError/missingPart(path:part:reason:)`` when there are none.
  func requireEncoder() throws(CheckpointError) -> Weights {
    let encoder = self["encoder"]
    guard encoder.conv_in.has("weight") || encoder.layers[0].has("weight") else {
      throw .missingPart(
        path: file, part: "vae",
        reason:
          "has no encoder (tensors 'encoder.*'), which makes latents of a picture; a decoder alone cannot begin "
          + "from one")
    }
    return encoder
  }
}

extension Tensor {
  fileprivate func multiplied(by other: Tensor) -> Tensor {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
    return withUnsafeBuffer { left in
      other.withUnsafeBuffer { right in
        Tensor(uninitialized: shape) { out in for i in left.indices { out[i] = left[i] * right[i] } }
      }
    }
  }
}
