import Foundation
import GRDB
import Metrics
import Pictures
import ReferenceFixtures
import ResultStore
import Testing
import TokenMerging

/// What no store of this program holds is said by table, row and column, where it is read.
@Suite struct DamageTests {
  let folder: TemporaryFolder
  var file: URL { folder.url.appendingPathComponent("store.sqlite") }

  init() throws {
    folder = try TemporaryFolder()
    let store = try ResultStore(file, access: .creating)
    let begun = try begin(store, exampleRun())
    let execution = try store.insert(exampleExecution(ofRun: begun.run.id))
    let statistics = MergeStatistics(
      tokensKept: 3, effectiveRatio: 0.5, meanSimilarity: 0.9, minimumSimilarity: 0.1)
    for sample in begun.samples {
      var sample = sample
      (sample.executionID, sample.seconds, sample.secondsPerStep) = (execution.id, 1.5, 0.1)
      sample.stageSeconds = StageSeconds(text: 0, denoise: 1, decode: 0.25, write: 0.25)
      sample.peakMemoryBytes = 1 << 30
      sample.mergeStatistics = statistics
      let name = "\(sample.id)"
      _ = try store.adopt(
        sample, picture: examplePicture(name, hash: name), blocks: ["mid_block": statistics])
      try store.save([
        ScoreRecord(
          sampleID: sample.id, metric: .clipScore, scorerID: begun.scorers[1].id, value: 30, picture: name)
      ])
    }
    let baselines = begun.samples.filter { $0.variantID == begun.baseline?.id }
    let merged = try #require(begun.samples.first { $0.variantID != begun.baseline?.id })
    let reference = try #require(baselines.first { $0.place == merged.place })
    var batch = ScoreBatch()
    batch.differences = [
      try exampleDifference(ofSample: merged.id, picture: "\(merged.id)", reference: "\(reference.id)")
    ]
    try store.save(batch)
    try store.save([
      SeedNoiseRecord(
        promptID: baselines[0].promptID, seedA: 7, seedB: 0, metric: .mae, scorerID: begun.scorers[0].id,
        value: 2, picture: "\(baselines[0].id)", reference: "\(baselines[1].id)")
    ])
    try store.save(
      [NullCheckRecord(runID: begun.run.id, kind: .cap, outcome: .passed, detail: "x")], ofRun: begun.run.id)
  }

  /// Writes what nobody but a stranger would.
  func alter(_ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    try DatabaseQueue(path: file.path, configuration: configuration).write {
      try $0.execute(sql: "PRAGMA ignore_check_constraints = ON;" + sql)
    }
  }

  func reason(_ body: () throws -> Void) throws -> String {
    let error = try #require(throws: StoreError.self) { try body() }
    guard case .damaged(file.path, let reason) = error else {
      Issue.record("\(error)")
      return ""
    }
    return reason
  }

  func read() throws {
    let store = try ResultStore(file)
    _ = try store.contents(ofRun: store.latestRun().id)
  }

  @Test func `a whole store is read`() throws { try read() }

  @Test(arguments: [
    (
      "UPDATE score SET value = 9e999 WHERE sampleID = 1",
      "table score, row with sampleID 1, metric 'clip_score'"
    ),
    ("UPDATE score SET value = -1e308", "column value: -1e+308"),
    ("UPDATE score SET metric = 'fid'", "column metric: 'fid'"),
    ("UPDATE sample SET seconds = -1 WHERE id = 2", "table sample, row 2, column seconds: -1.0"),
    ("UPDATE sample SET seconds = 0 WHERE id = 2", "table sample, row 2, column seconds: 0.0"),
    ("UPDATE sample SET seconds = 9e999", "column seconds: inf"),
    ("UPDATE sample SET secondsPerStep = -0.5", "column secondsPerStep: -0.5"),
    ("UPDATE sample SET peakMemoryBytes = -1", "column peakMemoryBytes: -1"),
    ("UPDATE sample SET state = 'lost'", "column state: 'lost'"),
    ("UPDATE sample SET stageSeconds = '{'", "column stageSeconds: '{'"),
    ("UPDATE sample SET stageSeconds = json_set(stageSeconds, '$.denoise', -1)", "column stageSeconds: '{"),
    ("UPDATE sample SET mergeStatistics = '{\"effective_ratio\":7}'", "column mergeStatistics"),
    ("UPDATE sample SET pictureID = 99 WHERE id = 3", "table sample, row 3: its picture is not in"),
    ("DELETE FROM picture", "its picture is not in table picture"),
    ("DELETE FROM sample", "run 'demo': its pictures are not in table sample"),
    ("UPDATE picture SET width = 0", "table picture, row 1, column width: 0"),
    ("UPDATE picture SET height = 4611686018427387904", "column height: 4611686018427387904"),
    ("UPDATE picture SET path = '../victim.png' WHERE id = 1", "column path: '../victim.png'"),
    ("UPDATE picture SET format = 'gif'", "column format: 'gif'"),
    ("UPDATE variant SET ratio = 9e999", "table variant, row 1, column ratio: inf"),
    ("UPDATE variant SET effectiveRatio = -1", "column effectiveRatio: -1.0"),
    ("UPDATE variant SET recipe = '{}'", "column recipe: '{}'"),
    ("UPDATE variant SET recipe = json_set(recipe, '$.width', 0)", "column recipe"),
    ("UPDATE variant SET recipe = json_set(recipe, '$.merging.variant', 'forge')", "column recipe"),
    ("UPDATE variant SET equalTimeMerging = 'x'", "column equalTimeMerging: 'x'"),
    ("UPDATE run SET sampling = json_set(sampling, '$.steps', 0)", "table run, row 1, column sampling"),
    ("UPDATE run SET created = 'yesterday'", "column created: 'yesterday'"),
    ("UPDATE execution SET machine = '[]'", "table execution, row 1, column machine: '[]'"),
    (
      "UPDATE nullCheck SET outcome = 'perhaps'",
      "table nullCheck, row with rowid 1, column outcome: 'perhaps'"
    ),
    ("UPDATE scorer SET kind = 'magic' WHERE kind = 'clip'", "column kind: 'magic'"),
    ("UPDATE seedNoise SET value = 9e999", "table seedNoise"),
    ("UPDATE difference SET cells = x'00'", "column cells: 1 bytes"),
    ("UPDATE difference SET onFlat = 256", "table difference, row with sampleID 1, column onFlat: 256.0"),
    ("UPDATE difference SET highOnEdges = -1", "column highOnEdges: -1.0"),
    ("UPDATE difference SET specks = 1.5", "column specks: 1.5"),
    ("UPDATE difference SET meanShift = 9e999", "column meanShift: inf"),
    ("DROP TABLE score", "its tables are others than a store has"),
    (
      "ALTER TABLE prompt RENAME TO p; CREATE TABLE prompt AS SELECT * FROM p; UPDATE prompt SET row = 'x'",
      "table prompt, row 1, column row: 'x'"
    ),
    (
      "ALTER TABLE variant RENAME TO v; CREATE TABLE variant AS SELECT * FROM v UNION ALL SELECT * FROM v",
      "table variant, row 1: it is there twice"
    ),
  ]) func `a value that cannot be is named`(sql: String, words: String) throws {
    try alter(sql)
    let reason = try reason(read)
    #expect(reason.contains(words), "\(reason)")
    // Nothing of how it was found out.
    for word in ["Decoding", "SQL", "GRDB", "SELECT", "Swift."] {
      #expect(!reason.contains(word), "\(reason)")
    }
  }

  @Test func `a run that lost pictures is not taken for a finished one`() throws {
    try alter("DELETE FROM sample WHERE id = 1")
    try read()
    let reason = try reason { _ = try begin(ResultStore(file, access: .writing), exampleRun()) }
    #expect(reason == "run 'demo': 1 of its pictures are not in table sample")
  }

  @Test func `what is damaged of a block is named, too`() throws {
    try alter("UPDATE blockStatistics SET statistics = '{' WHERE sampleID = 1")
    let reason = try reason { _ = try ResultStore(file).blockStatistics(ofSample: 1) }
    #expect(reason == "table blockStatistics, row with sampleID 1, block 'mid_block', column statistics: '{'")
  }
}
