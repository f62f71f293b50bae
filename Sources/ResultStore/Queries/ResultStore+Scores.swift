import Foundation
import GRDB

/// What scoring comes to: rows for one transaction.
public struct ScoreBatch: Sendable {
  /// What a CLIP checkpoint makes of a picture or a text, named by its hash.
  public struct Subject: Hashable, Sendable {
    public let subject: String
    public let clipFingerprint: String

    public init(_ subject: String, clipFingerprint: String) {
      self.subject = subject
      self.clipFingerprint = clipFingerprint
    }
  }

  public var scores: [ScoreRecord] = []
  public var seedNoise: [SeedNoiseRecord] = []
  public var differences: [DifferenceRecord] = []
  public var embeddings: [Subject: [Float]] = [:]

  public init() {}

  public var isEmpty: Bool { count == 0 }
  public var count: Int { scores.count + seedNoise.count + differences.count + embeddings.count }
}

extension ResultStore {
  /// Stores all of it, in place of earlier values of the same pictures, metrics and scorers.
  public func save(_ batch: ScoreBatch) throws(StoreError) {
    guard !batch.isEmpty else { return }
    try write { db in
      for score in batch.scores { try score.insert(db, onConflict: .replace) }
      for record in batch.seedNoise { try record.insert(db, onConflict: .replace) }
      for difference in batch.differences { try difference.insert(db, onConflict: .replace) }
      for (subject, embedding) in batch.embeddings { try Self.put(embedding, of: subject, in: db) }
    }
  }

  /// Stores scores, in place of earlier values of the same metrics by the same scorers.
  public func save(_ scores: [ScoreRecord]) throws(StoreError) {
    var batch = ScoreBatch()
    batch.scores = scores
    try save(batch)
  }

  /// Stores seed noise, in place of earlier values of the same metrics.
  public func save(_ noise: [SeedNoiseRecord]) throws(StoreError) {
    var batch = ScoreBatch()
    batch.seedNoise = noise
    try save(batch)
  }
}
