public import GRDB

/// A score's name in the store, in tables and in JSON.
public enum ScoreMetric: String, Codable, Sendable, CaseIterable {
  /// 100·cos(picture, prompt).
  case clipScore = "clip_score"
  /// 100·cos(picture, baseline picture).
  case clipImage = "clip_image"
  case mae, rmse, psnr, ssim
  case msSSIM = "ms_ssim"
  case changedPixels = "changed_pixels"
  case lpips

  /// Whether the metric needs a CLIP checkpoint.
  public var needsCLIP: Bool { self == .clipScore || self == .clipImage }
  /// Whether the metric needs the weights of LPIPS.
  public var needsLPIPS: Bool { self == .lpips }
  /// Whether the metric compares with the baseline picture of the same prompt and seed.
  public var needsBaseline: Bool { self != .clipScore }
}

/// One score of one picture.
///
/// A value of nil means that the metric is not a number here: `psnr` of identical
/// pictures, `ssim`, `ms_ssim` and `lpips` of pictures too small for them.
public struct ScoreRecord: Codable, Sendable, Hashable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "score"

  public var sampleID: Int64
  public var metric: ScoreMetric
  public var value: Double?
  /// The CLIP checkpoint behind the value, for the metrics that need one.
  public var clipFingerprint: String?
  /// The LPIPS weights behind the value, for `lpips`.
  public var lpipsFingerprint: String?

  public init(
    sampleID: Int64, metric: ScoreMetric, value: Double?, clipFingerprint: String? = nil,
    lpipsFingerprint: String? = nil
  ) {
    self.sampleID = sampleID
    self.metric = metric
    self.value = value
    self.clipFingerprint = clipFingerprint
    self.lpipsFingerprint = lpipsFingerprint
  }
}
