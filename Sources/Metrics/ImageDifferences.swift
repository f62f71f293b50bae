public import Images

/// Every measure of how far a picture is from its baseline that needs nothing but the two, over 8-bit RGB values.
/// References are `skimage.metrics` and the papers that ``Metric/formula`` names.
public struct ImageDifferences: Sendable, Equatable {
  /// Every value of every pixel is the same.
  public let identical: Bool
  /// Mean absolute error, `mean |a - b|`, in levels (0…255).
  public let mae: Double
  /// Root mean squared error, `√ mean (a - b)²`, in levels.
  public let rmse: Double
  /// Peak signal-to-noise ratio, `10 log₁₀(255² / mean (a - b)²)`, in dB (`peak_signal_noise_ratio`). Nil when identical.
  public let psnr: Double?
  /// Structural similarity (Wang et al. 2004), up to 1, as `structural_similarity` gives it with
  /// `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`. Nil when a side is below 11 pixels.
  public let ssim: Double?
  /// Multi-scale structural similarity (Wang, Simoncelli and Bovik 2003), up to 1. Nil when a side is below 176 pixels.
  public let msSSIM: Double?
  /// Mean colour difference CIEDE2000 (Sharma, Wu and Dalal 2005) in CIELAB, as `skimage.color.deltaE_ciede2000` gives it.
  public let deltaE: Double
  /// The share of pixels, 0…1, of which a channel differs by more than 8 levels.
  public let changedPixels: Double

  /// Measures all of them.
  /// - Throws: ``MetricError/differentSizes(image:baseline:)``
  public init(of image: RGBImage, to baseline: RGBImage) throws(MetricError) {
    guard image.width == baseline.width && image.height == baseline.height else {
      throw .differentSizes(
        image: [image.width, image.height], baseline: [baseline.width, baseline.height])
    }
    identical = image == baseline
    mae = Metrics.mae(image, baseline)
    rmse = Metrics.rmse(image, baseline)
    psnr = Metrics.psnr(image, baseline)
    ssim = Metrics.ssim(image, baseline)
    msSSIM = Metrics.msSSIM(image, baseline)
    deltaE = Metrics.deltaE(image, baseline)
    changedPixels = Metrics.changedPixels(image, baseline)
  }

  /// The value of a metric of pixels; nil where it has none.
  /// - Precondition: the metric is one of pixels, see ``Metric/scorer``.
  public subscript(metric: Metric) -> Double? {
    switch metric {
    case .ssim: ssim
    case .msSSIM: msSSIM
    case .psnr: psnr
    case .mae: mae
    case .rmse: rmse
    case .deltaE: deltaE
    case .changedPixels: changedPixels
    case .clipScore, .clipImage, .pickScore, .aesthetic, .lpips:
      preconditionFailure("\(metric) is no metric of pixels")
    }
  }
}
