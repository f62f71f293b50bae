public import GRDB

/// How far two unmerged pictures of one prompt and different seeds are from each other: the ruler that says how
/// large a distance is.
///
/// A value of nil means what it means for a ``ScoreRecord``.
public struct SeedNoiseRecord: Codable, Sendable, Hashable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "seedNoise"

  public var promptID: Int64
  /// The picture that is measured.
  public var seedA: Int
  /// The picture that takes the baseline's place.
  public var seedB: Int
  /// One of those that compare with a baseline.
  public var metric: ScoreMetric
  public var value: Double?

  public init(promptID: Int64, seedA: Int, seedB: Int, metric: ScoreMetric, value: Double?) {
    self.promptID = promptID
    self.seedA = seedA
    self.seedB = seedB
    self.metric = metric
    self.value = value
  }
}
