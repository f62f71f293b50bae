import Checkpoints
import StableDiffusion

extension BenchmarkSubject {
  /// Pixels along each edge of a latent.
  func scaleFactor() throws(CheckpointError) -> Int {
    try AutoencoderClass.scaleFactor(files().component("vae"))
  }

  /// The size of the pictures that the model was trained for, in pixels.
  /// - Throws: `CheckpointError` naming the file and field at fault.
  public func defaultSize() throws -> (width: Int, height: Int) {
    let unet = try UNet2DConditionModel.Configuration(files().component("unet"))
    return unet.pictureSize(scaleFactor: try scaleFactor())
  }
}
