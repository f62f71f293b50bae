import Checkpoints
import StableDiffusion

extension BenchmarkSubject {
  /// Pixels along each edge of a latent.
  func scaleFactor() throws(CheckpointError) -> Int {
    let configuration = try files().component("vae").decode(
      AutoencoderKL.Configuration.self, from: "config.json")
    return 1 << (configuration.blockOutChannels.count - 1)
  }

  /// The size of the pictures that the model was trained for, in pixels.
  /// - Throws: `CheckpointError` naming the file and field at fault.
  public func defaultSize() throws -> (width: Int, height: Int) {
    let unet = try files().component("unet").decode(
      UNet2DConditionModel.Configuration.self, from: "config.json")
    let factor = try scaleFactor()
    // A list is height, then width.
    let sample = unet.sampleSize ?? PerLevel(64)
    return (sample[sample.levels == nil ? 0 : 1] * factor, sample[0] * factor)
  }
}
