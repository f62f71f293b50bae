import Foundation
public import Images

/// Structural similarity of Wang et al. 2004 ("Image quality assessment: from error visibility to structural
/// similarity") as `skimage.metrics.structural_similarity` gives it with `gaussian_weights=True, sigma=1.5,
/// use_sample_covariance=False, data_range=255, channel_axis=-1`; nil when a side is below the window's 11.
public func ssim(_ a: RGBImage, _ b: RGBImage) -> Double? {
  requireEqualSizes(a, b)
  guard min(a.width, a.height) >= GaussianWindow.side else { return nil }
  return meanSimilarity(ChannelValues(a), ChannelValues(b)).ssim.reduce(0, +) / 3
}

/// Multi-scale structural similarity of Wang, Simoncelli and Bovik 2003: contrast and structure at four scales,
/// luminance too at the fifth, each scale half of the last by 2x2 means (an odd edge repeated); per channel,
/// then the mean. Nil when a side is below 176, where the last scale is smaller than the window.
public func msSSIM(_ a: RGBImage, _ b: RGBImage) -> Double? {
  requireEqualSizes(a, b)
  let weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
  guard min(a.width, a.height) >= GaussianWindow.side << (weights.count - 1) else { return nil }
  var a = ChannelValues(a)
  var b = ChannelValues(b)
  var products = [1.0, 1.0, 1.0]
  for (scale, weight) in weights.enumerated() {
    let similarity = meanSimilarity(a, b)
    let isLast = scale == weights.count - 1
    for (channel, value) in (isLast ? similarity.ssim : similarity.contrast).enumerated() {
      products[channel] *= pow(max(value, 0), weight)
    }
    if !isLast {
      a = a.halved()
      b = b.halved()
    }
  }
  return products.reduce(0, +) / 3
}

/// The weights of the 11x11 window, along one axis.
private enum GaussianWindow {
  static let side = 11

  static let weights: [Double] = {
    let values = (0..<side).map { exp(-0.5 * pow(Double($0 - side / 2) / 1.5, 2)) }
    let total = values.reduce(0, +)
    return values.map { $0 / total }
  }()

  /// One axis of the window: `result[i] = sum over k of weights[k] * values[start + i + k * step]`.
  static func weigh(_ values: [Double], from start: Int, step: Int, into result: inout [Double]) {
    let count = result.count
    precondition(start + (side - 1) * step + count <= values.count)
    values.withUnsafeBufferPointer { values in
      result.withUnsafeMutableBufferPointer { result in
        for i in 0..<count { result[i] = 0 }
        for (k, weight) in weights.enumerated() {
          let first = start + k * step
          let shifted = UnsafeBufferPointer(rebasing: values[first..<first + count])
          for i in 0..<count { result[i] += weight * shifted[i] }
        }
      }
    }
  }
}

/// Interleaved RGB in double precision: `[height, width, 3]`.
private struct ChannelValues {
  let width: Int
  let height: Int
  let values: [Double]

  init(_ image: RGBImage) {
    width = image.width
    height = image.height
    values = image.pixels.map(Double.init)
  }

  private init(width: Int, height: Int, values: [Double]) {
    self.width = width
    self.height = height
    self.values = values
  }

  /// Means of 2x2 pixels; the last row or column of an odd side is repeated.
  func halved() -> ChannelValues {
    let newWidth = (width + 1) / 2
    let newHeight = (height + 1) / 2
    var result: [Double] = []
    result.reserveCapacity(newWidth * newHeight * 3)
    for y in 0..<newHeight {
      let upper = 2 * y * width
      let lower = min(2 * y + 1, height - 1) * width
      for x in 0..<newWidth {
        let left = 2 * x
        let right = min(2 * x + 1, width - 1)
        for channel in 0..<3 {
          func value(_ row: Int, _ column: Int) -> Double { values[(row + column) * 3 + channel] }
          result.append(
            (value(upper, left) + value(upper, right) + value(lower, left) + value(lower, right)) / 4)
        }
      }
    }
    return ChannelValues(width: newWidth, height: newHeight, values: result)
  }
}

/// Per channel, the means over every place where the window lies inside the picture of
/// SSIM = luminance * contrast and of its second factor alone (contrast and structure).
private func meanSimilarity(_ a: ChannelValues, _ b: ChannelValues) -> (ssim: [Double], contrast: [Double]) {
  let c1 = (0.01 * 255) * (0.01 * 255)
  let c2 = (0.03 * 255) * (0.03 * 255)
  let places = (width: a.width - GaussianWindow.side + 1, height: a.height - GaussianWindow.side + 1)
  let squares = zip(a.values, b.values).map { $0 * $0 + $1 * $1 }
  let products = zip(a.values, b.values).map(*)
  var ssim = [0.0, 0.0, 0.0]
  var contrast = [0.0, 0.0, 0.0]
  var column = [Double](repeating: 0, count: a.width * 3)
  func means(_ values: [Double], _ y: Int, into row: inout [Double]) {
    GaussianWindow.weigh(values, from: y * a.width * 3, step: a.width * 3, into: &column)
    GaussianWindow.weigh(column, from: 0, step: 3, into: &row)
  }
  var meanA = [Double](repeating: 0, count: places.width * 3)
  var meanB = meanA
  var meanSquares = meanA
  var meanProduct = meanA
  for y in 0..<places.height {
    means(a.values, y, into: &meanA)
    means(b.values, y, into: &meanB)
    means(squares, y, into: &meanSquares)
    means(products, y, into: &meanProduct)
    for channel in 0..<3 {
      for i in stride(from: channel, to: meanA.count, by: 3) {
        let product = meanA[i] * meanB[i]
        let sum = meanA[i] * meanA[i] + meanB[i] * meanB[i]
        let second = (2 * (meanProduct[i] - product) + c2) / (meanSquares[i] - sum + c2)
        contrast[channel] += second
        ssim[channel] += (2 * product + c1) / (sum + c1) * second
      }
    }
  }
  let count = Double(places.width * places.height)
  return (ssim.map { $0 / count }, contrast.map { $0 / count })
}
