import Foundation
package import Images

/// Structural similarity of Wang et al. 2004 ("Image quality assessment: from error visibility to structural
/// similarity") as `skimage.metrics.structural_similarity` gives it with `gaussian_weights=True, sigma=1.5,
/// use_sample_covariance=False, data_range=255, channel_axis=-1`; nil when a side is below the window's 11.
package func ssim(_ a: RGBImage, _ b: RGBImage) -> Double? {
  requireEqualSizes(a, b)
  guard min(a.width, a.height) >= GaussianWindow.side else { return nil }
  var scale = SimilarityScale(width: a.width)
  forEachRow(a, b) { scale.add($0, $1) }
  return scale.means.ssim.reduce(0, +) / 3
}

/// Multi-scale structural similarity of Wang, Simoncelli and Bovik 2003: contrast and structure at four scales,
/// luminance too at the fifth, each scale half of the last by 2x2 means (an odd edge repeated); per channel,
/// then the mean. Nil when a side is below 176, where the last scale is smaller than the window.
package func msSSIM(_ a: RGBImage, _ b: RGBImage) -> Double? {
  requireEqualSizes(a, b)
  let weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
  guard min(a.width, a.height) >= GaussianWindow.side << (weights.count - 1) else { return nil }
  var pyramid = SimilarityPyramid(width: a.width, scales: weights.count)
  forEachRow(a, b) { pyramid.add($0, $1) }
  pyramid.finish()
  var products = [1.0, 1.0, 1.0]
  for (scale, weight) in weights.enumerated() {
    let means = pyramid.scales[scale].means
    for (channel, value) in (scale == weights.count - 1 ? means.ssim : means.contrast).enumerated() {
      products[channel] *= pow(max(value, 0), weight)
    }
  }
  return products.reduce(0, +) / 3
}

/// Hands out the rows of two pictures, from the top: interleaved RGB in double precision.
private func forEachRow(_ a: RGBImage, _ b: RGBImage, _ body: ([Double], [Double]) -> Void) {
  let width = a.width * 3
  for start in stride(from: 0, to: a.pixels.count, by: width) {
    func row(_ image: RGBImage) -> [Double] { image.pixels[start..<start + width].map(Double.init) }
    body(row(a), row(b))
  }
}

/// Two pictures at several sizes, each half of the one before, made and compared while their rows come: no size is
/// ever there whole.
private struct SimilarityPyramid {
  private(set) var scales: [SimilarityScale]
  /// Of every scale but the last, the row that waits for the one below it.
  private var waiting: [(a: [Double], b: [Double])?]

  init(width: Int, scales count: Int) {
    scales = (0..<count).map { scale in
      SimilarityScale(width: (0..<scale).reduce(width) { width, _ in (width + 1) / 2 })
    }
    waiting = .init(repeating: nil, count: count - 1)
  }

  /// Takes the next row of both pictures at a scale.
  mutating func add(_ a: [Double], _ b: [Double], scale: Int = 0) {
    scales[scale].add(a, b)
    guard scale < waiting.count else { return }
    guard let upper = waiting[scale] else {
      waiting[scale] = (a, b)
      return
    }
    halve(upper, (a, b), scale: scale)
  }

  private mutating func halve(
    _ upper: (a: [Double], b: [Double]), _ lower: (a: [Double], b: [Double]), scale: Int
  ) {
    waiting[scale] = nil
    add(Self.halved(upper.a, lower.a), Self.halved(upper.b, lower.b), scale: scale + 1)
  }

  /// There are no more rows: the last one of an odd height is repeated.
  mutating func finish() {
    for scale in waiting.indices {
      if let row = waiting[scale] { halve(row, row, scale: scale) }
    }
  }

  /// Means of 2x2 pixels; the last column of an odd width is repeated.
  private static func halved(_ upper: [Double], _ lower: [Double]) -> [Double] {
    let width = upper.count / 3
    var result: [Double] = []
    result.reserveCapacity((width + 1) / 2 * 3)
    for left in stride(from: 0, to: width, by: 2) {
      let right = min(left + 1, width - 1)
      for channel in 0..<3 {
        let (first, second) = (left * 3 + channel, right * 3 + channel)
        result.append((upper[first] + upper[second] + lower[first] + lower[second]) / 4)
      }
    }
    return result
  }
}
