import Foundation
import GRDB
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import SyntheticRuns
import TokenMerging

/// A store on disk with everything that a store can hold, whose rows are changed, read and put back. Its columns have
/// no types and no constraints: they take whatever a stranger puts in.
final class EditedStore: Sendable {
  private let folder: TemporaryFolder
  private let file: URL
  /// The stranger's connection; the store as it was is attached to it.
  private let database: DatabaseQueue
  private let columns: [StoreEdit.Place]
  private let lock = NSLock()

  /// - Parameter make: makes the store as it was
  private init(_ make: (URL) throws -> Void) throws {
    folder = try TemporaryFolder()
    file = folder.url.appendingPathComponent("edited.sqlite")
    let original = folder.url.appendingPathComponent("original.sqlite")
    try make(original)
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    database = try DatabaseQueue(path: file.path, configuration: configuration)
    columns = try database.writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY")
      try db.execute(sql: "ATTACH ? AS original", arguments: [original.path])
      let identity = try Int.fetchOne(db, sql: "PRAGMA original.application_id") ?? 0
      try db.execute(sql: "PRAGMA main.application_id = \(identity)")
      return try Self.copyTables(db)
    }
  }

  /// - Returns: the columns of all tables.
  private static func copyTables(_ db: Database) throws -> [StoreEdit.Place] {
    let tables = try String.fetchAll(
      db,
      sql: """
        SELECT name FROM original.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name
        """)
    return try tables.flatMap { table in
      let names = try String.fetchAll(
        db, sql: "SELECT name FROM pragma_table_info(?, 'original')", arguments: [table])
      try db.execute(
        sql: """
          CREATE TABLE main.\(table) (\(names.joined(separator: ", ")));
          INSERT INTO main.\(table) SELECT * FROM original.\(table)
          """)
      let rows = try Int.fetchOne(db, sql: "SELECT count(*) FROM original.\(table)") ?? 0
      return names.map { StoreEdit.Place(table: table, column: $0, rows: rows) }
    }
  }

  /// Calls `body` with the store as the edits that the bytes stand for leave it.
  func withEdits(_ bytes: UnsafeRawBufferPointer, _ body: (URL) throws -> Void) throws {
    try lock.withLock {
      let edits = StoreEdit.all(in: bytes, columns: columns)
      try database.write { db in
        for edit in edits { try edit.apply(to: db) }
      }
      defer { restore(Set(edits.map(\.place.table))) }
      try body(file)
    }
  }

  private func restore(_ tables: Set<String>) {
    do {
      try database.write { db in
        for table in tables {
          try db.execute(
            sql: "DELETE FROM main.\(table); INSERT INTO main.\(table) SELECT * FROM original.\(table)")
        }
      }
    } catch {
      preconditionFailure("the store cannot be put back: \(error)")
    }
  }
}

extension EditedStore {
  /// Of today's schema.
  static func current() throws -> EditedStore {
    try EditedStore { file in
      let folder = try TemporaryFolder()
      var run = SyntheticRun()
      run.prompts = Array(SyntheticRun.samplePrompts.prefix(2))
      (run.ratios, run.size, run.lpips) = ([0, 0.5], 16, "alex")
      run.clips = ["demo-clip", "vit-large"]
      run.variations = [.init(steps: 12, equalTimeRatio: 0.5)]
      let contents = try run.make(in: folder.url)
      let made = folder.url.appendingPathComponent("results.sqlite")
      try complete(contents, in: ResultStore(made, access: .writing))
      try FileManager.default.moveItem(at: made, to: file)
    }
  }

  /// Of the schema before pictures had rows of their own.
  static func legacy() throws -> EditedStore {
    try EditedStore { file in
      let dump = try String(
        contentsOf: Fixture.root.appendingPathComponent("Stores/schema-4.sql"), encoding: .utf8)
      var configuration = Configuration()
      configuration.foreignKeysEnabled = false
      try DatabaseQueue(path: file.path, configuration: configuration).writeWithoutTransaction {
        try $0.execute(sql: dump)
      }
    }
  }

  /// Adds what a synthetic run has none of.
  private static func complete(_ contents: RunContents, in store: ResultStore) throws {
    let statistics = MergeStatistics(
      tokensKept: 3, effectiveRatio: 0.5, meanSimilarity: 0.9, minimumSimilarity: 0.1)
    for var sample in contents.samples {
      guard let picture = sample.picture else { continue }
      sample.secondsPerStep = 0.1
      sample.stageSeconds = StageSeconds(text: 0, denoise: 1, decode: 0.25, write: 0.25)
      sample.peakMemoryBytes = 1 << 30
      sample.mergeStatistics = statistics
      _ = try store.adopt(sample, picture: picture, blocks: ["mid_block": statistics])
    }
    for prompt in contents.prompts {
      let baselines = contents.baselines.values.filter { $0.promptID == prompt.id }
        .sorted { $0.seed.value < $1.seed.value }
      guard baselines.count == 2, let measure = contents.measure(.mae), let first = baselines[0].picture,
        let second = baselines[1].picture
      else { continue }
      try store.save([
        SeedNoiseRecord(
          promptID: prompt.id, seedA: baselines[0].seed, seedB: baselines[1].seed, metric: .mae,
          scorerID: measure.scorer.id, value: 20, picture: first.fileHash, reference: second.fileHash)
      ])
    }
    try complete(votesOn: contents, in: store)
    let run = contents.run.id
    try store.save([NullCheckRecord(runID: run, kind: .cap, outcome: .noted, detail: "x")], ofRun: run)
    try store.save(embedding: [1, 0], of: "x", clipFingerprint: "demo-clip")
  }

  private static func complete(votesOn contents: RunContents, in store: ResultStore) throws {
    var ballot = Ballot(VoterRecord(key: "00112233445566aa", name: "Ann"))
    guard let time = VoteTime(rawValue: "2026-03-01T09:12:44.120Z") else { return }
    for sample in contents.samples {
      guard let picture = sample.picture, let reference = contents.baselines[sample.place]?.picture else {
        continue
      }
      let isBaseline = sample.variantID == contents.baseline?.id
      ballot.votes.append(
        VoteRecord(
          sampleID: sample.id, round: "9a31c07be55d0f12", time: time, answer: isBaseline ? .same : .merged,
          baselineSide: .left, milliseconds: 900, isCatchTrial: isBaseline, picture: picture.seenHash,
          reference: reference.seenHash))
      guard isBaseline else { continue }
      ballot.noticed.append(
        NoticedRecord(
          promptID: sample.promptID, seed: sample.seed, variantID: contents.variants.last?.id, time: time,
          reference: reference.seenHash))
    }
    var other = ballot
    other.voter = VoterRecord(key: "ff112233445566aa")
    try store.save([ballot, other])
  }
}
