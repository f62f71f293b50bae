import Foundation
import GRDB

extension ResultStore {
  /// The embedding of `subject` (the hash of a picture or of a text) by the CLIP
  /// checkpoint with this fingerprint, if it was stored whole: `count` finite numbers.
  public func embedding(
    of subject: String, clipFingerprint: String, count: Int
  ) throws(StoreError) -> [Float]? {
    let blob = try read { db in
      try Data.fetchOne(
        db, sql: "SELECT vector FROM embedding WHERE subject = ? AND clipFingerprint = ?",
        arguments: [subject, clipFingerprint])
    }
    guard let blob, blob.count == 4 * count else { return nil }
    return Self.numbers(blob)
  }

  /// Of all pictures of a run that are there, by their hashes; those that were not stored whole are left out.
  static func embeddings(ofRun id: Int64, clipFingerprint: String, in db: Database) throws -> [String:
    [Float]]
  {
    let rows = try Row.fetchCursor(
      db,
      sql: """
        SELECT subject, vector FROM embedding WHERE clipFingerprint = ? AND subject IN (
          SELECT fileHash FROM picture JOIN sample ON pictureID = picture.id JOIN prompt ON promptID = prompt.id
          WHERE prompt.runID = ?)
        """, arguments: [clipFingerprint, id])
    var embeddings: [String: [Float]] = [:]
    while let row = try rows.next() {
      if let hash = String.fromDatabaseValue(row[0]), let blob = Data.fromDatabaseValue(row[1]) {
        embeddings[hash] = numbers(blob)
      }
    }
    return embeddings
  }

  /// Nil unless they are whole and finite.
  private static func numbers(_ blob: Data) -> [Float]? {
    guard blob.count.isMultiple(of: 4) else { return nil }
    let values = blob.withUnsafeBytes { bytes in
      stride(from: 0, to: bytes.count, by: 4).map { offset in
        Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      }
    }
    return values.allSatisfy(\.isFinite) ? values : nil
  }

  /// Stores an embedding as little-endian fp32.
  public func save(embedding: [Float], of subject: String, clipFingerprint: String) throws(StoreError) {
    try write { db in try Self.put(embedding, of: .init(subject, clipFingerprint: clipFingerprint), in: db) }
  }

  static func put(_ embedding: [Float], of subject: ScoreBatch.Subject, in db: Database) throws {
    var blob = Data(capacity: embedding.count * 4)
    for value in embedding {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { blob.append(contentsOf: $0) }
    }
    try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO embedding (subject, clipFingerprint, vector) VALUES (?, ?, ?)"
    ).execute(arguments: [subject.subject, subject.clipFingerprint, blob])
  }
}
