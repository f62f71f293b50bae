import Foundation
package import Images

/// How far apart two pictures of one size are, value by value (8-bit RGB).

/// Mean absolute error: `mean |a - b|`, in 8-bit levels.
package func mae(_ a: RGBImage, _ b: RGBImage) -> Double {
  meanOfDifferences(a, b) { abs($0) }
}

/// Mean squared error: `mean (a - b)^2`.
package func mse(_ a: RGBImage, _ b: RGBImage) -> Double {
  meanOfDifferences(a, b) { $0 * $0 }
}

/// Root mean squared error: `sqrt(mse)`, in 8-bit levels.
package func rmse(_ a: RGBImage, _ b: RGBImage) -> Double {
  mse(a, b).squareRoot()
}

/// Peak signal-to-noise ratio `10 log10(255^2 / mse)` in dB, as `skimage.metrics.peak_signal_noise_ratio`;
/// nil for identical pictures, whose ratio is infinite.
package func psnr(_ a: RGBImage, _ b: RGBImage) -> Double? {
  let error = mse(a, b)
  return error == 0 ? nil : 10 * log10(255 * 255 / error)
}

/// The share of pixels (0...1) of which some channel differs by more than `threshold` levels.
package func changedPixels(_ a: RGBImage, _ b: RGBImage, threshold: Int = 8) -> Double {
  requireEqualSizes(a, b)
  let changed = stride(from: 0, to: a.pixels.count, by: 3).count { start in
    (start..<start + 3).contains { abs(Int(a.pixels[$0]) - Int(b.pixels[$0])) > threshold }
  }
  return Double(changed) / Double(a.width * a.height)
}

func requireEqualSizes(_ a: RGBImage, _ b: RGBImage) {
  precondition(
    a.width == b.width && a.height == b.height,
    "pictures of \(a.width)x\(a.height) and \(b.width)x\(b.height) cannot be compared value by value")
}

/// Whole numbers all the way to the division, so that the sum is exact.
private func meanOfDifferences(_ a: RGBImage, _ b: RGBImage, _ measure: (Int) -> Int) -> Double {
  requireEqualSizes(a, b)
  var sum = 0
  for (x, y) in zip(a.pixels, b.pixels) { sum += measure(Int(x) - Int(y)) }
  return Double(sum) / Double(a.pixels.count)
}
