public import GRDB

/// A score's name in the store, in tables and in JSON.
public enum ScoreMetric: String, Codable, Sendable, CaseIterable {
  /// 100·cos(picture, prompt).
  case clipScore = "clip_score"
  /// 100·cos(picture, baseline picture).
  case clipImage = "clip_image"
  case mae, rmse, psnr, ssim

  /// Whether the metric needs a CLIP checkpoint.
  public var needsCLIP: Bool { self == .clipScore || self == .clipImage }
  /// Whether the metric compares with the baseline picture of the same prompt and seed.
  public var needsBaseline: Bool { self != .clipScore }
}

/// One score of one picture.
///
/// A value of nil means that the metric is not a number here: `psnr` of identical
/// pictures, `ssim` of pictures smaller than its window.
public struct ScoreRecord: Codable, Sendable, Hashable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "score"

  public var sampleID: Int64
  public var metric: ScoreMetric
  public var value: Double?
  /// The CLIP checkpoint behind the value, for the metrics that need one.
  public var clipFingerprint: String?

  public init(sampleID: Int64, metric: ScoreMetric, value: Double?, clipFingerprint: String? = nil) {
    self.sampleID = sampleID
    self.metric = metric
    self.value = value
    self.clipFingerprint = clipFingerprint
  }
}
