import Foundation
import GRDB
import Metrics
public import Pictures

/// What a store takes over from another one, beside pictures and their scores.
extension ResultStore {
  /// When each run was swept last, by its key, as the store writes times.
  public func sweepTimes() throws(StoreError) -> [String: String] {
    let rows = try read { db in
      try Row.fetchAll(db, sql: "SELECT key, lastSwept FROM run").map { row in
        (row["key"] as String, row["lastSwept"] as String)
      }
    }
    return Dictionary(rows, uniquingKeysWith: { first, _ in first })
  }

  /// Says when a run was swept last.
  public func setSweepTime(_ time: String, ofRun id: Int64) throws(StoreError) {
    try write { db in
      try db.execute(sql: "UPDATE run SET lastSwept = ? WHERE id = ?", arguments: [time, id])
    }
  }

  /// The process that is equal to `execution` in all but its number and its run; a new row of the run where the store
  /// knows none.
  /// - Returns: its number.
  public func number(of execution: ExecutionRecord, ofRun id: Int64) throws(StoreError) -> Int64 {
    try write { db in
      let sameTime = ExecutionRecord.filter(Column("began") == execution.began)
      let known = try ExecutionRecord.fetchChecked(db, sameTime).first { $0.isSameProcess(as: execution) }
      if let known { return known.id }
      var new = execution
      (new.id, new.runID) = (0, id)
      try new.insert(db)
      return new.id
    }
  }

  /// Adds scorers to those that a run has, after them.
  /// - Returns: all of the run's, in their order.
  public func append(_ scorers: [ScorerRecord], toRun id: Int64) throws(StoreError) -> [ScorerRecord] {
    try write { db in
      func known() throws -> [ScorerRecord] {
        try ScorerRecord.fetchChecked(
          db,
          sql: """
            SELECT scorer.* FROM scorer JOIN runScorer ON scorerID = scorer.id WHERE runID = ? ORDER BY position
            """, arguments: [id])
      }
      var all = try known()
      for var scorer in scorers where !all.contains(where: scorer.scoresLike) {
        scorer.id = 0
        all.append(scorer)
      }
      try Self.put(all.filter { $0.kind != .pixels }, ofRun: id, in: db)
      return try known()
    }
  }

  /// The picture whose file lies there, of whichever run.
  public func picture(at path: PicturePath, base: PictureBase) throws(StoreError) -> PictureRecord? {
    try read { db in
      try PictureRecord.fetchChecked(
        db, PictureRecord.filter(Column("base") == base.rawValue && Column("path") == path.text)
      ).first
    }
  }

  /// Copies the embeddings that this store lacks.
  public func takeEmbeddings(from other: ResultStore) throws(StoreError) {
    try other.read { theirs in
      try write { db in
        let insertion = try db.makeStatement(
          sql: "INSERT OR IGNORE INTO embedding (subject, clipFingerprint, vector) VALUES (?, ?, ?)")
        let rows = try Row.fetchCursor(theirs, sql: "SELECT subject, clipFingerprint, vector FROM embedding")
        while let row = try rows.next() {
          try insertion.execute(arguments: [
            row["subject"] as String, row["clipFingerprint"] as String, row["vector"] as Data,
          ])
        }
      }
    }
  }
}

extension ExecutionRecord {
  /// Whether both tell of one process.
  fileprivate func isSameProcess(as other: ExecutionRecord) -> Bool {
    (engineIdentity, machine, toolVersion) == (other.engineIdentity, other.machine, other.toolVersion)
      && (commandLine, began) == (other.commandLine, other.began)
  }
}
