/// A number that is measured for every picture: what tables, reports and comparisons must know to show it.
public struct Metric: Sendable, Hashable {
  public enum Direction: String, Sendable { case higher, lower }

  /// The name in the store, in JSON and on the command line.
  public let key: String
  public let title: String
  /// Empty for plain numbers.
  public let unit: String
  public let betterDirection: Direction
  /// Places after the decimal point that are worth showing.
  public let decimals: Int
  /// How it is computed, in one line, with every setting that changes its value.
  public let formula: String
  /// Whether it compares with the picture made without merging.
  public let needsBaseline: Bool

  public static let clipScore = Metric(
    key: "clip_score", title: "CLIP score", unit: "", betterDirection: .higher, decimals: 2,
    formula: "100 cos(image embedding, prompt embedding), not clamped", needsBaseline: false)

  public static let clipImage = Metric(
    key: "clip_image", title: "CLIP image similarity", unit: "", betterDirection: .higher, decimals: 2,
    formula: "100 cos(image embedding, baseline image embedding)", needsBaseline: true)

  public static let psnr = Metric(
    key: "psnr", title: "PSNR", unit: "dB", betterDirection: .higher, decimals: 2,
    formula: "10 log10(255² / MSE) over 8-bit RGB; identical pictures have none", needsBaseline: true)

  public static let ssim = Metric(
    key: "ssim", title: "SSIM", unit: "", betterDirection: .higher, decimals: 4,
    formula: "Wang 2004: Gaussian window 11×11, σ 1.5, K₁ 0.01, K₂ 0.03, range 255, "
      + "inner pixels of each RGB channel, then the mean", needsBaseline: true)

  public static let msSSIM = Metric(
    key: "ms_ssim", title: "MS-SSIM", unit: "", betterDirection: .higher, decimals: 4,
    formula: "Wang 2003: 5 scales halved by 2×2 means, weights 0.0448, 0.2856, 0.3001, 0.2363, 0.1333; "
      + "sides of at least 176", needsBaseline: true)

  public static let mae = Metric(
    key: "mae", title: "MAE", unit: "levels", betterDirection: .lower, decimals: 2,
    formula: "mean |difference| over 8-bit RGB", needsBaseline: true)

  public static let rmse = Metric(
    key: "rmse", title: "RMSE", unit: "levels", betterDirection: .lower, decimals: 2,
    formula: "√ mean difference² over 8-bit RGB", needsBaseline: true)

  public static let changedPixels = Metric(
    key: "changed_pixels", title: "Changed pixels", unit: "share", betterDirection: .lower, decimals: 3,
    formula: "share of pixels of which a channel differs by more than 8 levels", needsBaseline: true)

  /// Every metric, in the order of tables.
  public static let all = [clipScore, clipImage, ssim, msSSIM, psnr, mae, rmse, changedPixels]

  /// The metric with that key, nil when there is none.
  public static func named(_ key: String) -> Metric? {
    all.first { $0.key == key }
  }
}
