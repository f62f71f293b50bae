/// A second pass over an image, which the web UI calls hires fix: its latents are enlarged, put under noise and denoised
/// again at the larger size.
///
/// Of what is done in detail, there are these references. How latents are enlarged and how many steps are taken:
/// AUTOMATIC1111's web UI (`modules/processing.py`, `sample_hr_pass`, and `setup_img2img_steps` of
/// `modules/sd_samplers_common.py`). How noise is added and pictures are encoded: diffusers' image to image, with a fresh
/// generator of the image's seed, of which a picture's latents are drawn first (by ``Upscaler/pixelLanczos``), then the
/// noise, then that of the steps. Token merging draws from a fresh stream of the same seed, as after another
/// `apply_patch`.
public struct HiresOptions: Sendable, Hashable, Codable {
  /// Pixels, of the enlarged image: a multiple of ``DiffusionPipeline/scaleFactor``.
  public var width: Int
  /// Pixels, of the enlarged image: a multiple of ``DiffusionPipeline/scaleFactor``.
  public var height: Int
  /// Steps that are taken: the last ones of `⌊steps / min(strength, 0.999)⌋`.
  public var steps: Int
  /// The share of the way from noise to image that is gone again: above 0, and at most 1.
  public var strength: Double
  /// How the image is enlarged.
  public var upscaler: Upscaler

  /// What is not possible is refused where it is used, see ``DiffusionPipeline/validate(_:merging:)``.
  public init(width: Int, height: Int, steps: Int, strength: Double, upscaler: Upscaler) {
    self.width = width
    self.height = height
    self.steps = steps
    self.strength = strength
    self.upscaler = upscaler
  }

  /// Steps of the whole way, of which the second pass takes the last: `⌊steps / min(strength, 0.999)⌋`.
  var scheduledSteps: Int { Int(Double(steps) / min(strength, 0.999)) }
}

/// How an image is enlarged between two passes.
public enum Upscaler: String, Sendable, CaseIterable, Codable {
  /// Its latents, linearly; the web UI's "Latent".
  case latent
  /// Its latents, by Keys' cubic kernel with a = -3/4, as torch has it; the web UI's "Latent (bicubic)".
  case latentBicubic = "latent-bicubic"
  /// Decoded, resized by Lanczos' filter as Pillow has it, and encoded; the web UI's "Lanczos".
  case pixelLanczos = "pixel-lanczos"

  /// Of those that enlarge latents, the kernel.
  var interpolation: Interpolation? {
    switch self {
    case .latent: .linear
    case .latentBicubic: .cubic
    case .pixelLanczos: nil
    }
  }
}
