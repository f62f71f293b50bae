import Checkpoints
package import TokenMerging

extension UNet2DConditionModel.Configuration {
  /// The size of the pictures that the model was trained for, in pixels.
  /// - Parameter scaleFactor: pixels along each edge of a latent
  package func pictureSize(scaleFactor: Int) -> (width: Int, height: Int) {
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
  package func attendingGrids(latentWidth: Int, latentHeight: Int) -> [TokenGrid] {
    var (width, height) = (latentWidth, latentHeight)
    return (0..<levels).compactMap { level in
      // A convolution of stride 2 halves, rounding up.
      defer { (width, height) = ((width + 1) / 2, (height + 1) / 2) }
      let blocks = transformerBlocks(level)
      guard blocks > 0 else { return nil }
      return TokenGrid(
        tokens: width * height, latentWidth: latentWidth, latentHeight: latentHeight, blocks: blocks)
    }
  }

  /// How many there are at a level, on the way down, between the ways, and on the way up, which has a layer more.
  private func transformerBlocks(_ level: Int) -> Int {
    let layers = layersPerBlock[level]
    let down = (0..<layers).reduce(0) { $0 + (depthOnWayDown(level, layer: $1) ?? 0) }
    let up = (0...layers).reduce(0) { $0 + (depthOnWayUp(level, layer: $1) ?? 0) }
    return down + up + (level == levels - 1 && midBlockType == .attending ? transformerDepths.middle : 0)
  }
}
