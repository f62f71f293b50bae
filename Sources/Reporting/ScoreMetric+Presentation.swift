import ResultStore

/// How a score is named, rounded, ordered and defined wherever people read it.
extension ScoreMetric {
  /// Those under every picture. MAE and RMSE say what PSNR says: they are for sorting and for JSON.
  static let captioned: [ScoreMetric] = [.clipScore, .clipImage, .ssim, .psnr]

  var title: String {
    switch self {
    case .clipScore: "CLIP score"
    case .clipImage: "CLIP-I"
    case .mae: "MAE"
    case .rmse: "RMSE"
    case .psnr: "PSNR"
    case .ssim: "SSIM"
    }
  }

  var decimals: Int {
    switch self {
    case .ssim: 3
    case .clipScore, .mae, .rmse: 2
    case .clipImage, .psnr: 1
    }
  }

  var higherIsBetter: Bool { self != .mae && self != .rmse }

  /// What the reader needs to compute it again.
  var definition: String {
    switch self {
    case .clipScore: "100 · cos(picture, prompt), both embedded by the CLIP checkpoint; nothing is clamped."
    case .clipImage: "100 · cos(picture, baseline picture), embedded by the same checkpoint."
    case .mae: "Mean absolute difference of the 8-bit RGB values."
    case .rmse: "Root of the mean squared difference of the 8-bit RGB values."
    case .psnr:
      "10 · log₁₀(255² / MSE) in dB. Identical pictures have no finite value: they are counted apart."
    case .ssim:
      "Wang 2004: Gaussian window 11 × 11, σ 1.5, K 0.01 and 0.03, range 255, per channel, then the mean; "
        + "as skimage with gaussian_weights."
    }
  }
}
