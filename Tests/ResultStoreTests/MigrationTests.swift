import Foundation
import GRDB
import Machine
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Testing

/// Stores of earlier schemas, from `Tests/Reference/stores.py`.
@Suite struct MigrationTests {
  let folder: TemporaryFolder
  let file: URL

  init() throws {
    folder = try TemporaryFolder()
    file = folder.url.appendingPathComponent("store.sqlite")
  }

  /// What takes the last steps back, one by one.
  static let undo = [
    """
    DROP TABLE seedNoise;
    ALTER TABLE run DROP COLUMN lpipsName;
    ALTER TABLE run DROP COLUMN lpipsFingerprint;
    ALTER TABLE score DROP COLUMN lpipsFingerprint;
    DELETE FROM grdb_migrations WHERE identifier = '4-seed-noise';
    """,
    """
    ALTER TABLE variant DROP COLUMN equalTimeOf;
    DELETE FROM grdb_migrations WHERE identifier = '3-equal-time';
    """,
    """
    DELETE FROM sample WHERE variantID = 9;
    DELETE FROM variant WHERE id = 9;
    DROP TABLE nullCheck;
    ALTER TABLE variant DROP COLUMN mergeVariant;
    ALTER TABLE variant DROP COLUMN steps;
    ALTER TABLE variant DROP COLUMN equalTimeRatio;
    DELETE FROM grdb_migrations WHERE identifier = '2-variants-and-checks';
    """,
  ]

  /// A store of the schema before step 5, or of one before that, in a write-ahead log's format as they were.
  func make(schema: Int, changing sql: String = "") throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let dump = try String(
      contentsOf: Fixture.root.appendingPathComponent("Stores/schema-4.sql"), encoding: .utf8)
    try DatabaseQueue(path: file.path, configuration: configuration).writeWithoutTransaction { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL;" + dump)
      for undone in Self.undo.prefix(4 - schema) { try db.execute(sql: undone) }
      try db.execute(sql: sql)
    }
  }

  @Test(arguments: 1...4, [ResultStore.Access.reading, .writing])
  func `a store of an earlier schema keeps its run`(schema: Int, access: ResultStore.Access) throws {
    try make(schema: schema)
    let before = try Data(contentsOf: file)
    let store = try ResultStore(file, access: access)
    let contents = try store.contents(ofRun: store.latestRun().id)
    #expect(contents.prompts.map(\.text) == ["a red cube", "an owl, \"big\""])
    #expect(
      contents.variants.map(\.label)
        == (schema == 1 ? ["0", "0.5", "0.9"] : ["0", "0.5", "1 step (time of 0.5)", "0.9"]))
    #expect(contents.variants.filter { $0.equalTimeMerging == nil }.map(\.effectiveRatio) == [0, 0.5, 0.75])
    #expect(contents.seeds == [0, 7])
    #expect(contents.run.sampling.steps == 2 && contents.run.sampling.precision == .fp32)
    #expect(contents.executions.map(\.machine.kernelSet) == ["AVX-512 BF16"])
    #expect(contents.scorers.map(\.name) == ["pixels", "demo/clip"])
    let done = contents.samples.filter { $0.state == .done }
    #expect(done.count == 12 && contents.scores.count == 68)
    #expect(contents.seedNoise.count == (schema < 4 ? 0 : 14))
    #expect(contents.nullChecks.count == (schema == 1 ? 0 : 5))
    for sample in done {
      let prompt = try #require(contents.prompts.first { $0.id == sample.promptID })
      let variant = try #require(contents.variants.first { $0.id == sample.variantID })
      // The pictures are found again: their keys are what they were.
      let request = PictureRequest(variant.recipe, prompt: prompt.text, seed: sample.seed)
      #expect(sample.contentKey == request.key)
      let picture = try #require(sample.picture)
      #expect(picture.base == .output && picture.path.text.hasPrefix("images/"))
      #expect(picture.width == 64 && picture.fileHash.count == 64 && picture.pixelHash == nil)
      #expect(contents.execution(of: sample) != nil && sample.seconds ?? 0 > 0)
      #expect((sample.mergeStatistics == nil) == variant.isBaseline)
      let blocks = try store.blockStatistics(ofSample: sample.id)
      #expect(blocks.isEmpty == variant.isBaseline)
      #expect(blocks.keys.allSatisfy { $0.contains("transformer_blocks") })
    }
    // A reader leaves every byte as it was.
    #expect(try (Data(contentsOf: file) == before) == (access == .reading))
    if access == .reading {
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["store.sqlite"])
    }
  }

  @Test(arguments: [ResultStore.Access.reading, .writing])
  func `prompts of the schema before know of no end that is not read`(access: ResultStore.Access) throws {
    try make(schema: 4)
    _ = try ResultStore(file, access: .writing)
    try DatabaseQueue(path: file.path).write { db in
      try db.execute(
        sql: """
          ALTER TABLE prompt DROP COLUMN unread;
          DELETE FROM grdb_migrations WHERE identifier = '6-unread-ends';
          """)
    }
    let store = try ResultStore(file, access: access)
    let run = try store.latestRun().id
    #expect(try store.contents(ofRun: run).prompts.map(\.unread) == [nil, nil])
    guard access == .writing else { return }
    try store.note(unread: "cube", ofPrompt: store.contents(ofRun: run).prompts[0].id)
    #expect(try store.contents(ofRun: run).prompts.map(\.unread) == ["cube", nil])
  }

  @Test(arguments: [ResultStore.Access.reading, .writing])
  func `pictures of the schema before have no maps of differences`(access: ResultStore.Access) throws {
    try make(schema: 4)
    _ = try ResultStore(file, access: .writing)
    try DatabaseQueue(path: file.path).write { db in
      try db.execute(
        sql: """
          DROP TABLE difference;
          DELETE FROM grdb_migrations WHERE identifier = '9-differences';
          """)
    }
    let store = try ResultStore(file, access: access)
    let contents = try store.contents(ofRun: store.latestRun().id)
    #expect(contents.differences.isEmpty && contents.scores.count == 68)
    // Every finished picture that has a baseline lacks one.
    let baselines = contents.baselines
    let compared = contents.samples.count {
      $0.state == .done && $0.variantID != contents.baseline?.id && baselines[$0.place] != nil
    }
    #expect(compared > 0 && contents.unscored >= compared)
  }

  @Test func `the run of an earlier schema is the one that the same sweep begins now`() throws {
    try make(schema: 4)
    let store = try ResultStore(file, access: .writing)
    let old = try store.contents(ofRun: store.latestRun().id)
    let planned = old.variants.filter { $0.equalTimeMerging == nil }
    let key = RunRecord.key(recipes: planned.map(\.recipe), prompts: old.prompts, seeds: old.seeds)
    #expect(old.run.key == key)
  }

  @Test func `runs that only their scorers told apart keep apart, and the last one has the key`() throws {
    try make(
      schema: 4,
      changing: """
        INSERT INTO run SELECT 2, 'other', 'second', created, commandLine, toolVersion, modelName, modelFingerprint,
          modelNote, 'large', 'cc', settings, machine, '2099-01-01 00:00:00.000', NULL, NULL FROM run;
        INSERT INTO prompt SELECT id + 10, 2, row, text, category, challenge, subset FROM prompt;
        INSERT INTO variant SELECT id + 10, 2, ratio, effectiveRatio, maxDownsample, sx, sy, useRand, mergeAttn,
          mergeCrossattn, mergeMlp, isBaseline, mergeVariant, steps, equalTimeRatio, equalTimeOf FROM variant;
        INSERT INTO sample SELECT id + 100, promptID + 10, variantID + 10, seed, state, contentKey, imagePath,
          imageHash, latentsHash, seconds, secondsPerStep, stageSeconds, peakMemoryBytes, mergeStatistics, error
          FROM sample;
        """)
    let store = try ResultStore(file)
    let runs = try store.runs()
    #expect(runs.map(\.name).last == "second" && runs.count == 2)
    #expect(runs[0].key == runs[1].key + "/1")
    #expect(try store.contents(ofRun: 2).scorer(.clip)?.name == "large")
    #expect(try store.contents(ofRun: 2).samples.count == 13)
  }

  @Test(arguments: ["../victim.png", "/etc/passwd", "http://x/y.png", "secret"])
  func `a path that leads out is damage`(path: String) throws {
    try make(schema: 4, changing: "UPDATE sample SET imagePath = '\(path)' WHERE id = 2")
    for access in [ResultStore.Access.reading, .writing] {
      #expect { try ResultStore(file, access: access) } throws: { error in
        if case .damaged(file.path, let reason)? = error as? StoreError {
          reason.contains(path)
        } else {
          false
        }
      }
    }
    let steps = try DatabaseQueue(path: file.path).read {
      try String.fetchAll($0, sql: "SELECT identifier FROM grdb_migrations")
    }
    #expect(steps.count == 4)
  }
}
