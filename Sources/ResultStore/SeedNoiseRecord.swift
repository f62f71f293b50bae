public import GRDB

/// How far the unmerged pictures of one prompt from two seeds lie apart, by one metric.
public struct SeedNoiseRecord: Codable, Sendable, Hashable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "seedNoise"

  public var promptID: Int64
  public var seedA: Int
  public var seedB: Int
  public var metric: ScoreMetric
  /// Of seed B's picture against seed A's; nil where the metric is no number.
  public var value: Double?

  public init(promptID: Int64, seedA: Int, seedB: Int, metric: ScoreMetric, value: Double?) {
    self.promptID = promptID
    self.seedA = seedA
    self.seedB = seedB
    self.metric = metric
    self.value = value
  }
}
