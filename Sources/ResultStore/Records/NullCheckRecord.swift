public import GRDB

/// The outcome of a check whose answer is known beforehand: it tells whether a run can be believed.
public struct NullCheckRecord: Codable, Sendable, Hashable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "nullCheck"

  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Ratio 0 through the merging path gives the baseline's bits.
    case zeroRatio = "zero_ratio"
    /// One picture made twice has the same bits.
    case repetition
    /// A ratio changes its pictures.
    case effect
    /// A ratio acts as asked for, not as a smaller one.
    case cap

    /// Whether pictures are made for the check.
    public var needsPicture: Bool { self == .zeroRatio || self == .repetition }
  }

  public enum Outcome: String, Codable, Sendable {
    /// `noted` is what the reader must know though nothing is wrong; `pending` what was not looked at yet.
    case passed, failed, noted, pending
  }

  public var runID: Int64
  public var kind: Kind
  /// The variant that was looked at, nil for all.
  public var variantID: Int64?
  public var outcome: Outcome
  /// What was found, as one sentence.
  public var detail: String

  public init(runID: Int64, kind: Kind, variantID: Int64? = nil, outcome: Outcome, detail: String) {
    self.runID = runID
    self.kind = kind
    self.variantID = variantID
    self.outcome = outcome
    self.detail = detail
  }
}
