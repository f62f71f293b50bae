/// A number that is measured for every picture: what tables, reports and comparisons must know to show it.
public struct Metric: Sendable, Hashable {
  public enum Direction: String, Sendable { case higher, lower }

  /// Weights that must be there for the metric to be measured.
  public enum Weights: String, Sendable { case clip, lpips }

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
  /// The checkpoint that it needs, nil for none.
  public var needsWeights: Weights? = nil
  /// Pictures with a side below this have no value.
  public var minimumSide = 1

  public static let clipScore = Metric(
    key: "clip_score", title: "CLIP score", unit: "", betterDirection: .higher, decimals: 2,
    formula: "100 cos(image embedding, prompt embedding), not clamped", needsBaseline: false,
    needsWeights: .clip)

  public static let clipImage = Metric(
    key: "clip_image", title: "CLIP image similarity", unit: "", betterDirection: .higher, decimals: 2,
    formula: "100 cos(image embedding, baseline image embedding)", needsBaseline: true, needsWeights: .clip)

  public static let lpips = Metric(
    key: "lpips", title: "LPIPS", unit: "", betterDirection: .lower, decimals: 4,
    formula:
      "Zhang 2018, v0.1 with AlexNet: features of 5 layers divided by their length, squared differences "
      + "weighted by the linear heads, mean over positions, sum over layers; sides of at least 31",
    needsBaseline: true, needsWeights: .lpips, minimumSide: 31)

  public static let psnr = Metric(
    key: "psnr", title: "PSNR", unit: "dB", betterDirection: .higher, decimals: 2,
    formula: "10 log10(255² / MSE) over 8-bit RGB; identical pictures have none", needsBaseline: true)

  public static let ssim = Metric(
    key: "ssim", title: "SSIM", unit: "", betterDirection: .higher, decimals: 4,
    formula: "Wang 2004: Gaussian window 11×11, σ 1.5, K₁ 0.01, K₂ 0.03, range 255, "
      + "inner pixels of each RGB channel, then the mean", needsBaseline: true, minimumSide: 11)

  public static let msSSIM = Metric(
    key: "ms_ssim", title: "MS-SSIM", unit: "", betterDirection: .higher, decimals: 4,
    formula: "Wang 2003: 5 scales halved by 2×2 means, weights 0.0448, 0.2856, 0.3001, 0.2363, 0.1333; "
      + "sides of at least 176", needsBaseline: true, minimumSide: 176)

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
  public static let all = [clipScore, clipImage, lpips, ssim, msSSIM, psnr, mae, rmse, changedPixels]

  /// The metric with that key, nil when there is none.
  public static func named(_ key: String) -> Metric? {
    all.first { $0.key == key }
  }

  /// Why pictures of this size, in pixels, have no value; nil when they have one.
  public func absence(width: Int, height: Int) -> String? {
    guard min(width, height) < minimumSide else { return nil }
    return "needs sides of at least \(minimumSide) pixels, the pictures are \(width)x\(height)"
  }
}
