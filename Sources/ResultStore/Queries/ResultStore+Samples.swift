import Foundation
import GRDB

extension ResultStore {
  /// Stores what became of a sample. Its scores, which were of an earlier picture, go, and with a baseline the seed
  /// noise of its prompt and seed.
  /// - Precondition: its picture is on disk when its state is `done`.
  public func update(_ sample: SampleRecord) throws(StoreError) {
    precondition(sample.id != 0, "a sample that was never inserted: \(sample.contentKey)")
    try write { db in
      try sample.update(db)
      try ScoreRecord.filter(Column("sampleID") == sample.id).deleteAll(db)
      guard try VariantRecord.fetchOne(db, key: sample.variantID)?.isBaseline == true else { return }
      try SeedNoiseRecord.filter(
        Column("promptID") == sample.promptID
          && (Column("seedA") == sample.seed || Column("seedB") == sample.seed)
      ).deleteAll(db)
    }
  }

  /// Stores seed noise, in place of earlier values of the same metrics.
  public func save(_ noise: [SeedNoiseRecord]) throws(StoreError) {
    try write { db in
      for record in noise { try record.insert(db, onConflict: .replace) }
    }
  }

  /// Stores a run's checks, in place of earlier ones of the same kinds.
  public func save(_ checks: [NullCheckRecord], ofRun id: Int64) throws(StoreError) {
    precondition(checks.allSatisfy { $0.runID == id }, "checks of another run than \(id)")
    let kinds = Set(checks.map(\.kind.rawValue))
    try write { db in
      try NullCheckRecord.filter(Column("runID") == id && kinds.contains(Column("kind"))).deleteAll(db)
      for check in checks { try check.insert(db) }
    }
  }

  /// Stores scores, in place of earlier values of the same metrics.
  public func save(_ scores: [ScoreRecord]) throws(StoreError) {
    try write { db in
      for score in scores { try score.insert(db, onConflict: .replace) }
    }
  }

  /// The embedding of `subject` (the hash of a picture or of a text) by the CLIP
  /// checkpoint with this fingerprint, if it was stored.
  public func embedding(of subject: String, clipFingerprint: String) throws(StoreError) -> [Float]? {
    let blob = try read { db in
      try Data.fetchOne(
        db, sql: "SELECT vector FROM embedding WHERE subject = ? AND clipFingerprint = ?",
        arguments: [subject, clipFingerprint])
    }
    return blob.map { data in
      stride(from: 0, to: data.count - 3, by: 4).map { offset in
        Float(
          bitPattern: data.withUnsafeBytes { bytes in
            UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
          })
      }
    }
  }

  /// Stores an embedding as little-endian fp32.
  public func save(embedding: [Float], of subject: String, clipFingerprint: String) throws(StoreError) {
    var blob = Data(capacity: embedding.count * 4)
    for value in embedding {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { blob.append(contentsOf: $0) }
    }
    try write { db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO embedding (subject, clipFingerprint, vector) VALUES (?, ?, ?)",
        arguments: [subject, clipFingerprint, blob])
    }
  }
}
