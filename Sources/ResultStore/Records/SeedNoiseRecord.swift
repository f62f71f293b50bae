public import GRDB
public import Metrics
public import Pictures

/// How far two unmerged pictures of one prompt and different seeds are from each other: the ruler that says how
/// large a distance is.
///
/// A value of nil means what it means for a ``ScoreRecord``.
public struct SeedNoiseRecord: Codable, Sendable, Hashable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "seedNoise"

  /// What a store keeps one distance of.
  public struct Slot: Hashable, Sendable {
    let promptID: Int64
    let seedA: Seed
    let seedB: Seed
    let metric: Metric
    let scorerID: Int64
  }

  public var slot: Slot {
    Slot(promptID: promptID, seedA: seedA, seedB: seedB, metric: metric, scorerID: scorerID)
  }

  public var promptID: Int64
  /// The picture that is measured.
  public var seedA: Seed
  /// The picture that takes the baseline's place.
  public var seedB: Seed
  /// One of those that compare with a baseline.
  public var metric: Metric
  public var scorerID: Int64
  public var value: Double?
  /// ``PictureRecord/fileHash`` of the first picture.
  public var picture: String
  /// That of the second.
  public var reference: String

  public init(
    promptID: Int64, seedA: Seed, seedB: Seed, metric: Metric, scorerID: Int64, value: Double?,
    picture: String, reference: String
  ) {
    self.promptID = promptID
    self.seedA = seedA
    self.seedB = seedB
    self.metric = metric
    self.scorerID = scorerID
    self.value = value
    self.picture = picture
    self.reference = reference
  }
}
