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
    let values = stride(from: 0, to: blob.count, by: 4).map { offset in
      Float(
        bitPattern: blob.withUnsafeBytes { bytes in
          UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
        })
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
