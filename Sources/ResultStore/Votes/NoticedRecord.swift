public import GRDB
public import Pictures

/// The first variant at which somebody noticed a change, going through the pictures of one prompt and seed.
public struct NoticedRecord: Codable, Sendable, Hashable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "noticed"

  public var voterID: Int64
  public var promptID: Int64
  public var seed: Seed
  /// Nil where no change was noticed at any.
  public var variantID: Int64?
  public var time: VoteTime
  /// ``PictureRecord/seenHash`` of the baseline.
  public var reference: String

  public init(
    voterID: Int64 = 0, promptID: Int64, seed: Seed, variantID: Int64?, time: VoteTime, reference: String
  ) {
    self.voterID = voterID
    self.promptID = promptID
    self.seed = seed
    self.variantID = variantID
    self.time = time
    self.reference = reference
  }

  public var place: SampleRecord.Place { .init(promptID: promptID, seed: seed) }
}

extension NoticedRecord: CheckedRecord {
  static let key = ["voterID", "promptID", "seed"]
  static var rules: [ColumnRule] {
    [
      .integer("voterID"), .integer("promptID"), .integer("seed"), .integer("variantID").orNull,
      .word("time", of: VoteTime.self), .text("reference"),
    ]
  }
}
