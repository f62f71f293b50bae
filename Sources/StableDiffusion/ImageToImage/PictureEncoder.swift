public import Images
public import Tensors

/// Makes latents of 8-bit pictures: a checkpoint's encoder, and what diffusers' `VaeImageProcessor` does before it; see
/// ``DiffusionPipeline/pictureEncoder()``.
public struct PictureEncoder: Sendable {
  private let encoder: any LatentEncoder

  init(_ encoder: any LatentEncoder) { self.encoder = encoder }

  /// Resizes a picture, by Lanczos' filter as Pillow has it and without keeping its proportions, and encodes it.
  ///
  /// - Parameters:
  ///   - picture: of any size
  ///   - width: of what is encoded, in pixels, a multiple of ``DiffusionPipeline/scaleFactor``
  ///   - height: likewise
  /// - Returns: latents of `[1, height / scaleFactor, width / scaleFactor, channels]`
  /// - Throws: `NotFiniteError` when the encoder's numbers are useless.
  public func callAsFunction(
    _ picture: RGBImage, width: Int, height: Int
  ) throws(NotFiniteError) -> LatentDistribution {
    // As around the decoder: its maps have other sizes than the UNet's.
    BufferPool.shared.drain()
    defer { BufferPool.shared.drain() }
    let resized = picture.resized(toWidth: width, height: height, filter: .lanczos)
    let latents = encoder.encode(resized.encoderInput)
    _ = try latents.mean.requireFinite(from: "VAE encoder")
    _ = try latents.standardDeviation?.requireFinite(from: "VAE encoder")
    return latents
  }
}
