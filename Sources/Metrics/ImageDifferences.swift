public import Images

/// Every measure of how far a picture is from its baseline.
public struct ImageDifferences: Sendable, Equatable {
  /// Every value of every pixel is the same.
  public let identical: Bool
  public let mae: Double
  public let rmse: Double
  /// Nil when identical.
  public let psnr: Double?
  /// Nil when a side is below 11.
  public let ssim: Double?
  /// Nil when a side is below 176.
  public let msSSIM: Double?
  public let deltaE: Double
  public let changedPixels: Double

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
