import GRDB
public import Metrics

/// What scores are by: a checkpoint, or nothing but the pixels.
public struct ScorerRecord: StoredRecord, Hashable {
  public static let databaseTableName = "scorer"

  @RowID public var id: Int64
  /// There is one of those that compare pixels.
  public var kind: Metric.Scorer
  public var name: String
  /// Hash of its weights; scores are comparable between equal ones only.
  public var fingerprint: String

  public init(kind: Metric.Scorer, name: String, fingerprint: String) {
    id = 0
    self.kind = kind
    self.name = name
    self.fingerprint = fingerprint
  }

  public static let pixels = ScorerRecord(kind: .pixels, name: "pixels", fingerprint: "")

  /// Whether both give the same scores, whatever they are called and in whichever store.
  public func scoresLike(_ other: ScorerRecord) -> Bool {
    (kind, fingerprint) == (other.kind, other.fingerprint)
  }
}
