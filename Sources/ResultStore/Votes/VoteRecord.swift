public import GRDB

/// One answer to the question which of two pictures is better: a baseline and a merged picture of one prompt and seed,
/// or twice the same picture.
public struct VoteRecord: Codable, Sendable, Hashable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "vote"

  public enum Answer: String, Codable, Sendable, CaseIterable {
    case baseline, merged
    /// No difference that matters.
    case same
    /// None was given.
    case skip
  }

  public enum Side: String, Codable, Sendable, CaseIterable {
    case left, right
  }

  /// Milliseconds that an answer may take: eleven days.
  public static let longest = 1_000_000_000

  public var voterID: Int64
  /// The merged picture; the baseline where that was shown twice.
  public var sampleID: Int64
  /// Of the page's sitting, 16 hexadecimal digits.
  public var round: String
  public var time: VoteTime
  public var answer: Answer
  /// Where the baseline was shown.
  public var baselineSide: Side
  /// From the moment when both pictures were there to the answer.
  public var milliseconds: Int
  /// Whether both pictures were the same.
  public var isCatchTrial: Bool
  /// ``PictureRecord/seenHash`` of the picture that was voted on.
  public var picture: String
  /// That of the baseline.
  public var reference: String

  public init(
    voterID: Int64 = 0, sampleID: Int64, round: String, time: VoteTime, answer: Answer, baselineSide: Side,
    milliseconds: Int, isCatchTrial: Bool, picture: String, reference: String
  ) {
    self.voterID = voterID
    self.sampleID = sampleID
    self.round = round
    self.time = time
    self.answer = answer
    self.baselineSide = baselineSide
    self.milliseconds = milliseconds
    self.isCatchTrial = isCatchTrial
    self.picture = picture
    self.reference = reference
  }
}

extension VoteRecord: CheckedRecord {
  static let key = ["voterID", "sampleID", "round", "time"]
  static var rules: [ColumnRule] {
    [
      .integer("voterID"), .integer("sampleID"), .text("round"), .word("time", of: VoteTime.self),
      .word("answer", of: Answer.self), .word("baselineSide", of: Side.self),
      .integer("milliseconds", in: 0...Int64(longest)), .integer("isCatchTrial", in: 0...1),
      .text("picture"), .text("reference"),
    ]
  }
}
