import GRDB
import Pictures

/// A picture whose file is on disk, to be stored as its sample's.
public struct FinishedPicture: Sendable {
  /// With everything that is known of the picture's making.
  public var sample: SampleRecord
  public let picture: PictureRecord
  /// What merging did in each block, by its place in the UNet.
  public let blocks: [String: MergeStatistics]

  public init(_ sample: SampleRecord, _ picture: PictureRecord, blocks: [String: MergeStatistics] = [:]) {
    self.sample = sample
    self.picture = picture
    self.blocks = blocks
  }
}

extension ResultStore {
  /// Stores a process that makes pictures of a run.
  /// - Returns: it with its number.
  public func insert(_ execution: ExecutionRecord) throws(StoreError) -> ExecutionRecord {
    var execution = execution
    try write { db in try execution.insert(db) }
    return execution
  }

  /// Stores that the end of a prompt is beyond what its run's model reads.
  public func note(unread: String, ofPrompt id: Int64) throws(StoreError) {
    try write { db in
      try db.execute(sql: "UPDATE prompt SET unread = ? WHERE id = ?", arguments: [unread, id])
    }
  }

  /// Stores that a sample's picture is there: the one function in which every picture ends, whoever made it. The other
  /// runs that show the same picture know it, too.
  ///
  /// - Parameters:
  ///   - sample: with everything that is known of the picture's making
  ///   - blocks: what merging did in each block, by its place in the UNet
  /// - Returns: the sample as it is stored, done.
  /// - Precondition: the picture's file is on disk.
  public func adopt(
    _ sample: SampleRecord, picture: PictureRecord, blocks: [String: MergeStatistics] = [:]
  ) throws(StoreError) -> SampleRecord {
    try write { db in try Self.adopt(sample, picture: picture, blocks: blocks, in: db) }
  }

  /// Stores that many samples' pictures are there, in one transaction.
  /// - Precondition: the pictures' files are on disk.
  public func adopt(_ pictures: [FinishedPicture]) throws(StoreError) {
    try write { db in
      for finished in pictures {
        _ = try Self.adopt(finished.sample, picture: finished.picture, blocks: finished.blocks, in: db)
      }
    }
  }

  private static func adopt(
    _ sample: SampleRecord, picture: PictureRecord, blocks: [String: MergeStatistics], in db: Database
  ) throws -> SampleRecord {
    precondition(sample.id != 0, "a sample that was never inserted: \(sample.contentKey)")
    var picture = picture
    let known = try PictureRecord.fetchChecked(
      db,
      PictureRecord.filter(
        Column("base") == picture.base.rawValue && Column("path") == picture.path.text)
    ).first
    picture.id = known?.id ?? 0
    if known == nil { try picture.insert(db) } else { try picture.update(db) }
    var sample = sample
    (sample.state, sample.error) = (.done, nil)
    (sample.pictureID, sample.picture) = (picture.id, picture)
    let others = try SampleRecord.fetchChecked(
      db,
      SampleRecord.filter(
        Column("pictureID") == picture.id && Column("contentKey") == sample.contentKey
          && Column("id") != sample.id))
    for place in [sample] + others {
      var copy = sample
      (copy.id, copy.promptID, copy.variantID, copy.seed) =
        (place.id, place.promptID, place.variantID, place.seed)
      try copy.update(db)
      try db.execute(sql: "DELETE FROM blockStatistics WHERE sampleID = ?", arguments: [copy.id])
      try dropExplanation(ofSample: copy.id, in: db)
      for (block, statistics) in blocks {
        try BlockStatisticsRecord(sampleID: copy.id, block: block, statistics: statistics).insert(db)
      }
    }
    return sample
  }

  /// Stores what a picture of an earlier schema lacks.
  /// - Returns: the sample with it.
  public func complete(
    _ sample: SampleRecord, pixelHash: String, width: Int, height: Int
  ) throws(StoreError) -> SampleRecord {
    var sample = sample
    sample.picture?.pixelHash = pixelHash
    sample.picture?.width = width
    sample.picture?.height = height
    let picture = sample.picture
    try write { db in try picture?.update(db) }
    return sample
  }

  /// Stores what became of a sample that has no picture.
  public func update(_ sample: SampleRecord) throws(StoreError) {
    precondition(sample.id != 0, "a sample that was never inserted: \(sample.contentKey)")
    try write { db in try sample.update(db) }
  }

  /// What merging did in each block of a sample's making, by the block's place in the UNet.
  public func blockStatistics(ofSample id: Int64) throws(StoreError) -> [String: MergeStatistics] {
    let records = try read { db in
      try BlockStatisticsRecord.fetchChecked(db, BlockStatisticsRecord.filter(Column("sampleID") == id))
    }
    return Dictionary(records.map { ($0.block, $0.statistics) }, uniquingKeysWith: { first, _ in first })
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
}

/// ``MergeStatistics`` of one block.
struct BlockStatisticsRecord: Codable, FetchableRecord, PersistableRecord {
  static let databaseTableName = "blockStatistics"

  let sampleID: Int64
  let block: String
  let statistics: MergeStatistics
}
