import Checkpoints
public import TokenMerging

extension UNet2DConditionModel.Configuration {
  /// The size of the pictures that the model was trained for, in pixels.
  /// - Parameter scaleFactor: pixels along each edge of a latent
  public func pictureSize(scaleFactor: Int) -> (width: Int, height: Int) {
    // A list is height, then width.
    let sample = sampleSize ?? PerLevel(64)
    return (sample[sample.levels == nil ? 0 : 1] * scaleFactor, sample[0] * scaleFactor)
  }

  /// The grids of the tokens in transformer blocks, finest first; levels without any are left out, and those whose
  /// tokens tomesd takes for another grid, which cannot be merged.
  ///
  /// - Parameters:
  ///   - latentWidth: width of the UNet's input
  ///   - latentHeight: height of the UNet's input
  public func attendingGrids(latentWidth: Int, latentHeight: Int) -> [TokenGrid] {
    var (width, height) = (latentWidth, latentHeight)
    return (0..<levels).compactMap { level in
      // A convolution of stride 2 halves, rounding up.
      defer { (width, height) = ((width + 1) / 2, (height + 1) / 2) }
      // The way up has a layer more; the mid block one transformer.
      let layers =
        (attendsOnWayDown(level) ? layersPerBlock[level] : 0)
        + (attendsOnWayUp(level) ? layersPerBlock[level] + 1 : 0)
        + (level == levels - 1 && midBlockType != nil ? 1 : 0)
      guard layers > 0 else { return nil }
      return TokenGrid(
        tokens: width * height, latentWidth: latentWidth, latentHeight: latentHeight,
        blocks: layers * transformerLayersPerBlock[level])
    }
  }
}
