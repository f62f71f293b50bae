import Foundation
import GRDB
import Metrics
import Pictures
import TokenMerging

/// A run as stores kept it before step 5.
struct LegacyRun {
  struct Settings: Decodable {
    let steps: Int
    let guidanceScale: Double
    let negativePrompt: String
    let width: Int
    let height: Int
    let scheduler: String
    let attention: String
    let precision: String?
    let seeds: [Seed]
    let promptSet: String

    var sampling: Sampling {
      Sampling(
        steps: steps, guidanceScale: guidanceScale, negativePrompt: negativePrompt, width: width,
        height: height, scheduler: .init(rawValue: scheduler), attention: .init(rawValue: attention),
        precision: precision.map(PrecisionName.init) ?? .fp32)
    }
  }

  private struct Variant {
    let id: Int64
    let recipe: PictureRecipe
    let row: Row
    let steps: Int
    let merging: MergingOptions
  }

  private let row: Row
  private let id: Int64
  private let settings: Settings
  private let prompts: [Row]
  private let variants: [Variant]
  private let samples: [Row]

  init(_ row: Row, in db: Database) throws {
    self.row = row
    let id: Int64 = row["id"]
    self.id = id
    let settings = try JSONDecoder().decode(Settings.self, from: Data((row["settings"] as String).utf8))
    self.settings = settings
    prompts = try Self.rows(db, "prompt", "SELECT * FROM prompt WHERE runID = ? ORDER BY id", [id])
    let model = ModelReference(fingerprint: row["modelFingerprint"])
    let sampling = settings.sampling
    variants = try Self.rows(
      db, "variant", "SELECT * FROM variant WHERE runID = ? ORDER BY id", [id]
    ).map { row in
      let steps = row["steps"] as Int? ?? settings.steps
      var own = sampling
      own.steps = steps
      let merging = Self.merging(row)
      return Variant(
        id: row["id"],
        recipe: PictureRecipe(model: model, sampling: own, merging: merging.ratio == 0 ? nil : merging),
        row: row, steps: steps, merging: merging)
    }
    samples = try Self.rows(
      db, "sample",
      """
      SELECT sample.* FROM sample JOIN prompt ON prompt.id = sample.promptID
      WHERE prompt.runID = ? ORDER BY sample.id
      """, [id])
  }

  private static func merging(_ row: Row) -> MergingOptions {
    MergingOptions(
      ratio: row["ratio"], maxDownsample: row["maxDownsample"], sx: row["sx"], sy: row["sy"],
      useRand: row["useRand"], mergeAttn: row["mergeAttn"], mergeCrossattn: row["mergeCrossattn"],
      mergeMlp: row["mergeMlp"], variant: MergeVariant(rawValue: row["mergeVariant"]) ?? .tomesd)
  }

  func migrate(_ db: Database) throws {
    try insertPlan(db)
    let scorers = try insertScorers(db)
    let execution = try insertExecution(db)
    try insertSamples(db, execution: execution)
    try copyScores(db, scorers)
  }

  private func insertPlan(_ db: Database) throws {
    let records = prompts.enumerated().map { position, row in
      PromptRecord(
        id: row["id"], runID: id, position: position, row: row["row"], text: row["text"],
        category: row["category"], challenge: row["challenge"], subset: row["subset"])
    }
    for record in records { try insert(record, "newPrompt", db) }
    let merged = Set(variants.filter { $0.recipe.merging != nil }.map(\.steps))
    // Those of equal time joined the run after it began, unless merging had been asked for at their steps, too.
    let planned = variants.filter { variant in
      variant.row["equalTimeRatio"] as Double? == nil || merged.contains(variant.steps)
    }
    let key = RunRecord.key(recipes: planned.map(\.recipe), prompts: records, seeds: settings.seeds)
    try db.execute(
      sql: """
        INSERT INTO newRun SELECT id, ?, name, created, modelName, modelFingerprint, modelNote, ?, ?, lastSwept
        FROM run WHERE id = ?
        """, arguments: [key, try json(settings.sampling), settings.promptSet, id])
    for variant in variants {
      var owner: MergingOptions?
      if let ratio = variant.row["equalTimeRatio"] as Double? {
        owner = variant.merging
        owner?.ratio = ratio
      }
      try db.execute(
        sql: "INSERT INTO newVariant VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          variant.id, id, variant.recipe.key, variant.recipe.model.id, try json(variant.recipe),
          variant.recipe.ratio, variant.row["effectiveRatio"] as Double, try owner.map(json),
          variant.row["equalTimeOf"] as String?, variant.row["isBaseline"] as Bool,
        ])
    }
  }

  /// By the fields of the record, into a table that does not have its name yet.
  private func insert(_ prompt: PromptRecord, _ table: String, _ db: Database) throws {
    try db.execute(
      sql: "INSERT INTO \(table) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        prompt.id, prompt.runID, prompt.position, prompt.row, prompt.text, prompt.category, prompt.challenge,
        prompt.subset,
      ])
  }

  private func insertScorers(_ db: Database) throws -> [Metric.Scorer: Int64] {
    var scorers = [ScorerRecord.pixels]
    for (kind, column) in [(Metric.Scorer.clip, "clip"), (.lpips, "lpips")] {
      guard let fingerprint = row["\(column)Fingerprint"] as String? else { continue }
      scorers.append(
        ScorerRecord(
          kind: kind, name: row["\(column)Name"] as String? ?? column, fingerprint: fingerprint))
    }
    var ids: [Metric.Scorer: Int64] = [:]
    for (position, scorer) in scorers.enumerated() {
      let stored = try scorer.stored(in: db).id
      ids[scorer.kind] = stored
      try db.execute(
        sql: "INSERT INTO runScorer VALUES (?, ?, ?)", arguments: [id, stored, position])
    }
    return ids
  }

  private func insertExecution(_ db: Database) throws -> Int64 {
    try db.execute(
      sql: """
        INSERT INTO execution (runID, engine, machine, toolVersion, commandLine, began)
        SELECT id, ?, machine, toolVersion, commandLine, created FROM run WHERE id = ?
        """, arguments: [EngineIdentity.builtin.name, id])
    return db.lastInsertedRowID
  }

  private func insertSamples(_ db: Database, execution: Int64) throws {
    for sample in samples {
      let isDone = sample["state"] as String == "done"
      var picture: Int64?
      if isDone {
        guard let path = try (sample["imagePath"] as String?).map(PicturePath.init) else {
          throw DamagedRow(sample, of: "sample", key: ["id"], column: "imagePath", value: .null)
        }
        try db.execute(
          sql: """
            INSERT INTO picture (base, path, fileHash, width, height, format) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (base, path) DO UPDATE SET fileHash = excluded.fileHash
            """,
          arguments: [
            PictureBase.output.rawValue, path.text, sample["imageHash"] as String? ?? "", settings.width,
            settings.height, PictureRecord.Format.png.rawValue,
          ])
        picture = try Int64.fetchOne(
          db, sql: "SELECT id FROM picture WHERE base = ? AND path = ?",
          arguments: [PictureBase.output.rawValue, path.text])
      }
      let statistics = try (sample["mergeStatistics"] as String?).map {
        try JSONDecoder().decode([String: Double].self, from: Data($0.utf8))
      }
      let blocks = Self.byBlock(statistics ?? [:])
      try db.execute(
        sql: "INSERT INTO newSample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          sample["id"] as Int64, sample["promptID"] as Int64, sample["variantID"] as Int64,
          sample["seed"] as Int64, sample["state"] as String, sample["contentKey"] as String, picture,
          isDone ? execution : nil, sample["latentsHash"] as String?, sample["seconds"] as Double?,
          sample["secondsPerStep"] as Double?, sample["stageSeconds"] as String?,
          sample["peakMemoryBytes"] as Int64?, try blocks[""].map(json), sample["error"] as String?,
        ])
      for (block, statistics) in blocks where !block.isEmpty {
        try db.execute(
          sql: "INSERT INTO blockStatistics VALUES (?, ?, ?)",
          arguments: [sample["id"] as Int64, block, try json(statistics)])
      }
    }
  }

  /// Of `name` and `<block>.<name>`, the statistics of every block, those of all by the empty name.
  private static func byBlock(_ values: [String: Double]) -> [String: MergeStatistics] {
    var blocks: [String: [String: Double]] = [:]
    for (name, value) in values {
      let parts = name.split(separator: ".")
      guard let last = parts.last else { continue }
      blocks[parts.dropLast().joined(separator: "."), default: [:]][String(last)] = value
    }
    return blocks.mapValues {
      MergeStatistics(
        tokensKept: $0["tokens_kept"], effectiveRatio: $0["effective_ratio"] ?? 0,
        meanSimilarity: $0["mean_similarity"], minimumSimilarity: $0["minimum_similarity"])
    }
  }

  /// With the hashes that the pictures have in the store: nothing says which ones the scores were of.
  private func copyScores(_ db: Database, _ scorers: [Metric.Scorer: Int64]) throws {
    for metric in Metric.allCases {
      guard let scorer = scorers[metric.scorer] else { continue }
      try db.execute(
        sql: """
          INSERT INTO newScore
          SELECT sampleID, metric, :scorer, value, coalesce(own.imageHash, ''),
            CASE WHEN :paired THEN coalesce(baseline.imageHash, '') END
          FROM score JOIN sample own ON own.id = sampleID JOIN prompt ON prompt.id = own.promptID
          LEFT JOIN variant ON variant.runID = prompt.runID AND variant.isBaseline
          LEFT JOIN sample baseline ON baseline.promptID = own.promptID AND baseline.seed = own.seed
            AND baseline.variantID = variant.id
          WHERE metric = :metric AND prompt.runID = :run
          """,
        arguments: [
          "scorer": scorer, "paired": metric.needsBaseline, "metric": metric.rawValue, "run": id,
        ])
      try db.execute(
        sql: """
          INSERT INTO newSeedNoise
          SELECT seedNoise.promptID, seedA, seedB, metric, :scorer, value, coalesce(a.imageHash, ''),
            coalesce(b.imageHash, '')
          FROM seedNoise JOIN prompt ON prompt.id = seedNoise.promptID
          JOIN variant ON variant.runID = prompt.runID AND variant.isBaseline
          JOIN sample a ON a.promptID = prompt.id AND a.variantID = variant.id AND a.seed = seedA
          JOIN sample b ON b.promptID = prompt.id AND b.variantID = variant.id AND b.seed = seedB
          WHERE metric = :metric AND prompt.runID = :run
          """, arguments: ["scorer": scorer, "metric": metric.rawValue, "run": id])
    }
  }

  private func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
