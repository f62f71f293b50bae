import Foundation
import GRDB
import Metrics
import ReferenceFixtures
import Testing

/// A sweep in shards, as several processes run it, and the merge of their stores.
@Suite struct ShardCommandTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  func sweep(_ output: String, _ more: String...) -> [String] {
    [
      "sweep", "--limit", "6", "--steps", "1", "--ratios", "0,0.5", "--seeds", "0,1", "--size", "64x64",
      "--output", path(output),
    ] + more
  }

  func sweep(_ output: String, task: (variable: String, value: String)) throws -> Tool.Result {
    try Tool.run(
      sweep(output, "--shard", "auto/3", "--json"), redirections: "",
      environment: [task.variable: task.value])
  }

  /// What two stores of one sweep must agree on, a text for each row: all but times, memory and who made it when.
  func rows(_ output: String) throws -> [String: [String]] {
    let queries = [
      "run": "SELECT key, name, modelName, modelFingerprint, sampling, promptSet FROM run",
      "prompt": "SELECT position, row, text, category, challenge, subset FROM prompt",
      "variant": "SELECT key, recipe, ratio, effectiveRatio, isBaseline FROM variant",
      "sample": """
      SELECT text, key, seed, state, contentKey, latentsHash, mergeStatistics, path, base, fileHash, pixelHash
      FROM sample JOIN prompt ON prompt.id = promptID JOIN variant ON variant.id = variantID
      JOIN picture ON picture.id = pictureID ORDER BY sample.id
      """,
      "block": """
      SELECT contentKey, block, statistics FROM blockStatistics JOIN sample ON sample.id = sampleID
      ORDER BY contentKey, block
      """,
      "score": """
      SELECT contentKey, metric, kind, fingerprint, value, picture, reference
      FROM score JOIN sample ON sample.id = sampleID JOIN scorer ON scorer.id = scorerID
      ORDER BY contentKey, metric, fingerprint
      """,
      "noise": """
      SELECT text, seedA, seedB, metric, fingerprint, value, picture, reference
      FROM seedNoise JOIN prompt ON prompt.id = promptID JOIN scorer ON scorer.id = scorerID
      ORDER BY text, seedA, seedB, metric, fingerprint
      """,
      "scorer": "SELECT kind, fingerprint FROM runScorer JOIN scorer ON id = scorerID ORDER BY position",
      "check": "SELECT kind, outcome, detail FROM nullCheck ORDER BY kind, detail",
      "embedding": "SELECT subject, clipFingerprint, hex(vector) FROM embedding ORDER BY 1, 2",
    ]
    let queue = try DatabaseQueue(path: path("\(output)/tome-eval.sqlite"))
    return try queue.read { db in
      try queries.mapValues { sql in try Row.fetchAll(db, sql: sql).map { "\($0)" } }
    }
  }

  @Test(.timeLimit(.minutes(5)))
  func `shards come to the same store as one process, and nothing is made twice`()
    throws
  {
    #expect(try Tool.run(sweep("whole")).status == 0)
    // The same commands, on three kinds of cluster.
    let tasks = [("SLURM_ARRAY_TASK_ID", "1"), ("PBS_ARRAY_INDEX", "2"), ("JOB_COMPLETION_INDEX", "2")]
    var total = 0
    for task in tasks {
      let result = try sweep("cut", task: task)
      #expect(result.status == 0, "\(result.errors)")
      let json = try result.json()
      #expect(json["made"] as? Int == json["total"] as? Int && json["report"] == nil)
      total += try #require(json["total"] as? Int)
    }
    #expect(total == 24)
    let again = try sweep("cut", task: tasks[1])
    #expect(try again.json()["made"] as? Int == 0)
    let merged = try Tool.run("merge", "--output", path("cut"), "--json")
    #expect(merged.status == 0, "\(merged.errors)")
    let run = try #require((try merged.json()["runs"] as? [[String: Any]])?.first)
    #expect(run["taken"] as? Int == 24 && run["pending"] as? Int == 0 && run["unscored"] as? Int == 0)
    let (whole, cut) = (try rows("whole"), try rows("cut"))
    for (table, rows) in whole { #expect(cut[table] == rows, "\(table)") }
    for (table, count) in ["sample": 24, "prompt": 6, "check": 4] { #expect(whole[table]?.count == count) }
    // The CLIP score of all, every distance of those that merge.
    let distances = Metric.allCases.count { $0.needsBaseline && [.pixels, .clip].contains($0.scorer) }
    #expect(whole["score"]?.count == 24 + 12 * distances && whole["block"]?.isEmpty == false)
    let page = try String(contentsOfFile: path("cut/index.html"), encoding: .utf8)
    #expect(page.matches(of: /<li class="row"/).count == 12)

    // The sweep itself finds everything, and two shards do, whose prompts were cut into three before.
    let swept = try Tool.run(sweep("cut", "--json"))
    #expect(try swept.json()["reused"] as? Int == 24 && swept.json()["checks_made"] as? Int == 0)
    for shard in ["1/2", "2/2"] {
      let other = try Tool.run(sweep("cut", "--shard", shard, "--json"))
      let json = try other.json()
      #expect(
        other.status == 0 && json["made"] as? Int == 0 && json["reused"] as? Int == json["total"] as? Int)
      #expect(other.errors.contains("taken from other stores of the run"))
    }
  }

  @Test func `a part of a run is compared as what it is, and what is missing is made by the sweep`() throws {
    let shard = try Tool.run(sweep("cut", "--shard", "1/3", "--json"))
    let made = try #require(shard.json()["made"] as? Int)
    let part = path("cut/shards/1-of-3")
    let compared = try Tool.run("compare", "--output", part, "--json")
    let ratios = try #require(compared.json()["ratios"] as? [[String: Any]])
    #expect(ratios.compactMap { $0["images"] as? Int } == [made / 2])
    let merged = try Tool.run("merge", "--output", path("cut"))
    #expect(merged.status == 3, "\(merged.errors)")
    #expect(merged.errors.contains("\(24 - made) not made yet") && merged.errors.contains("without --shard"))
    let rest = try Tool.run(sweep("cut", "--equal-time", "--json"))
    #expect(try rest.status == 0 && rest.json()["reused"] as? Int == made, "\(rest.errors)")
    // Without a merge before it, too.
    #expect(try Tool.run(sweep("other", "--shard", "1/3")).status == 0)
    let whole = try Tool.run(sweep("other", "--json"))
    #expect(try whole.json()["made"] as? Int == 24 - made && whole.json()["reused"] as? Int == made)
  }

  @Test func `stores that differ in a picture end with 1, and are named`() throws {
    let arguments = ["--limit", "1", "--steps", "1", "--ratios", "0", "--size", "64x64", "--no-checks"]
    for name in ["a", "b"] {
      #expect(try Tool.run(["sweep", "--output", path(name)] + arguments).status == 0)
    }
    #expect(
      try Tool.run("merge", path("a"), path("b/tome-eval.sqlite"), "--output", path("same")).status == 0)
    // The same file for another picture, as a machine with other kernels may make it.
    let other = ["sweep", "--output", path("c"), "--seeds", "7"] + arguments
    #expect(try Tool.run(other).status == 0)
    func picture(_ name: String) throws -> String {
      let images = path("\(name)/images")
      return images + "/" + (try #require(FileManager.default.contentsOfDirectory(atPath: images).first))
    }
    let foreign = try Data(contentsOf: URL(fileURLWithPath: picture("c")))
    let (target, row) = (
      try picture("b"),
      try DatabaseQueue(path: path("c/tome-eval.sqlite")).read {
        try Row.fetchOne($0, sql: "SELECT fileHash, pixelHash FROM picture")
      }
    )
    try foreign.write(to: URL(fileURLWithPath: target))
    try DatabaseQueue(path: path("b/tome-eval.sqlite")).write { db in
      try db.execute(
        sql: "UPDATE picture SET fileHash = ?, pixelHash = ?",
        arguments: [row?["fileHash"] as String?, row?["pixelHash"] as String?])
    }
    let merged = try Tool.run("merge", path("b"), path("a"), "--output", path("differ"))
    #expect(merged.status == 1, "\(merged.errors)")
    #expect(
      merged.errors.contains(
        "ratio 0, seed 0: \(path("b/tome-eval.sqlite")) has another picture than \(path("a/tome-eval.sqlite")), whose is kept"
      ))
    let json = try Tool.run(
      "merge", path("a"), path("b"), "--output", path("x"), "--prefer", path("b"), "--json")
    let run = try #require((try json.json()["runs"] as? [[String: Any]])?.first)
    let conflict = try #require((run["conflicts"] as? [[String: Any]])?.first)
    #expect(conflict["kept"] as? String == path("b/tome-eval.sqlite"))
  }

  @Test(arguments: [
    ("sweep --shard 5/4", "numbered from 1 to 4"), ("sweep --shard 0/4", "numbered from 1 to 4"),
    ("sweep --shard 2", "'2' is no shard"), ("sweep --shard a/b", "'a/b' is no shard"),
    ("sweep --shard 1/0", "1 to 100000 shards"), ("sweep --shard auto/4", "none of SLURM_ARRAY_TASK_ID"),
    ("sweep --shard /4", "none of SLURM_ARRAY_TASK_ID"),
    ("sweep --shard 1/4 --equal-time", "merge them, then"),
    ("sweep --shard 1/4 --store x.sqlite", "a store of its own"),
    ("sweep --shard 1/4 --live", "when the shards are merged"),
    ("merge", "has no shards to merge"), ("merge none.sqlite", "no such store"),
    ("submit slurm --tasks 4", "after -- comes the sweep"),
    ("submit slurm --tasks 4 -- compare", "after -- comes the sweep"),
    ("submit slurm --tasks 0 -- sweep", "--tasks must be 1 or more"),
    ("submit slurm --tasks 4 -- sweep --ratios 2..3", "looks like a range"),
    ("submit slurm --tasks 4 -- sweep --shard 1/4", "every task gets its own"),
    ("submit slurm --tasks 4 -- sweep --prompts -", "no standard input"),
    ("submit slurm --tasks 4 -- sweep --store x.sqlite", "a store of its own"),
  ]) func `what cannot be is refused before anything is made`(command: String, words: String) throws {
    let result = try Tool.run(command.split(separator: " ").map { String($0) }, in: folder.url)
    #expect(result.status == 2 && result.errors.contains(words), "\(command): \(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }

  @Test(arguments: [
    ([("SLURM_ARRAY_TASK_ID", "0")], "count from 1, as in --array=1-4"),
    ([("SLURM_ARRAY_TASK_ID", "5")], "this is task 5 of an array"),
    ([("JOB_COMPLETION_INDEX", "x")], "JOB_COMPLETION_INDEX is 'x'"),
    ([("SLURM_ARRAY_TASK_ID", "1"), ("JOB_COMPLETION_INDEX", "0")], "are both set"),
  ]) func `a task's number that is none of a shard is refused`(variables: [(String, String)], words: String)
    throws
  {
    let result = try Tool.run(
      ["sweep", "--shard", "auto/4", "--output", path("out")], redirections: "",
      environment: Dictionary(uniqueKeysWithValues: variables))
    #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
  }

  @Test func `a prompt of no shard is a sweep of nothing`() throws {
    let arguments = [
      "--limit", "1", "--ratios", "0", "--steps", "1", "--size", "64x64", "--output", path("x"),
    ]
    let results = try (1...2).map { try Tool.run(["sweep", "--shard", "\($0)/2"] + arguments) }
    #expect(results.allSatisfy { $0.status == 0 })
    #expect(results.count { $0.errors.contains("no picture is asked for here") } == 1)
    #expect(try Tool.run("merge", "--output", path("x")).status == 0)
  }
}
