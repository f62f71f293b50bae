package import Images

/// Where and how a picture differs from its baseline.
package struct PictureDifference: Sendable, Hashable {
  package let map: DifferenceMap
  package let traits: DifferenceTraits

  package init(map: DifferenceMap, traits: DifferenceTraits) {
    self.map = map
    self.traits = traits
  }

  /// - Parameter measured: of the baseline; computed without it
  /// - Throws: ``MetricError/differentSizes(image:baseline:)``
  package init(
    of image: RGBImage, to baseline: RGBImage, measured: DifferenceBaseline? = nil
  ) throws(MetricError) {
    guard image.width == baseline.width && image.height == baseline.height else {
      throw .differentSizes(
        image: [image.width, image.height], baseline: [baseline.width, baseline.height])
    }
    map = DifferenceMap(of: image, to: baseline)
    traits = DifferenceTraits(
      of: image, to: baseline, measured: measured ?? DifferenceBaseline(baseline))
  }
}
