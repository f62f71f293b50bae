public import Images

/// Where and how a picture differs from its baseline.
public struct PictureDifference: Sendable, Hashable {
  public let map: DifferenceMap
  public let traits: DifferenceTraits

  public init(map: DifferenceMap, traits: DifferenceTraits) {
    self.map = map
    self.traits = traits
  }

  /// - Throws: ``MetricError/differentSizes(image:baseline:)``
  public init(of image: RGBImage, to baseline: RGBImage) throws(MetricError) {
    try self.init(of: image, to: DifferenceBaseline(baseline))
  }

  /// - Throws: ``MetricError/differentSizes(image:baseline:)``
  public init(of image: RGBImage, to reference: DifferenceBaseline) throws(MetricError) {
    let baseline = reference.image
    guard image.width == baseline.width && image.height == baseline.height else {
      throw .differentSizes(
        image: [image.width, image.height], baseline: [baseline.width, baseline.height])
    }
    map = DifferenceMap(of: image, to: baseline)
    traits = DifferenceTraits(of: image, to: reference)
  }
}
