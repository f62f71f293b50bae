public import GRDB
public import Metrics

/// One score of one picture.
///
/// A value of nil means that the metric is not a number here: `psnr` of identical
/// pictures, `ssim`, `ms_ssim` and `lpips` of pictures too small for them.
public struct ScoreRecord: Codable, Sendable, Hashable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "score"

  /// What a store keeps one score of.
  public struct Slot: Hashable, Sendable {
    let sampleID: Int64
    let metric: Metric
    let scorerID: Int64
  }

  public var slot: Slot { Slot(sampleID: sampleID, metric: metric, scorerID: scorerID) }

  public var sampleID: Int64
  public var metric: Metric
  public var scorerID: Int64
  public var value: Double?
  /// ``PictureRecord/fileHash`` of the picture that was scored.
  public var picture: String
  /// That of the picture it was compared with; nil for a metric that needs none.
  public var reference: String?

  public init(
    sampleID: Int64, metric: Metric, scorerID: Int64, value: Double?, picture: String,
    reference: String? = nil
  ) {
    self.sampleID = sampleID
    self.metric = metric
    self.scorerID = scorerID
    self.value = value
    self.picture = picture
    self.reference = reference
  }
}
