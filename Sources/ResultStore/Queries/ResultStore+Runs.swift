import GRDB

/// Everything a run holds, read in one transaction.
public struct RunContents: Sendable {
  public var run: RunRecord
  /// In the order of the prompt set.
  public var prompts: [PromptRecord]
  /// The baseline first, then by steps, merging rule and rising ratio, see
  /// ``VariantRecord/precedes(_:)``.
  public var variants: [VariantRecord]
  public var samples: [SampleRecord]
  public var scores: [ScoreRecord]
  /// Distances between baseline pictures of different seeds; empty for a single seed.
  public var seedNoise: [SeedNoiseRecord]
  public var nullChecks: [NullCheckRecord]

  public init(
    run: RunRecord, prompts: [PromptRecord], variants: [VariantRecord], samples: [SampleRecord],
    scores: [ScoreRecord], seedNoise: [SeedNoiseRecord] = [], nullChecks: [NullCheckRecord] = []
  ) {
    self.run = run
    self.prompts = prompts
    self.variants = variants
    self.samples = samples
    self.scores = scores
    self.seedNoise = seedNoise
    self.nullChecks = nullChecks
  }
}

extension ResultStore {
  /// All runs, the one that was swept last at the end.
  public func runs() throws(StoreError) -> [RunRecord] {
    try read { db in try RunRecord.order(Column("lastSwept"), Column("id")).fetchAll(db) }
  }

  /// The run that was begun, or taken up again, last.
  /// - Throws: ``StoreError/noSuchRun(path:name:known:)`` when there is none.
  public func latestRun() throws(StoreError) -> RunRecord {
    guard let run = try runs().last else { throw .noSuchRun(path: path, name: "", known: []) }
    return run
  }

  /// The last run called `name`.
  public func run(named name: String) throws(StoreError) -> RunRecord {
    let runs = try runs()
    guard let run = runs.last(where: { $0.name == name }) else {
      throw .noSuchRun(path: path, name: name, known: runs.map(\.name))
    }
    return run
  }

  /// The run, its prompts, variants, samples and scores.
  public func contents(ofRun id: Int64) throws(StoreError) -> RunContents {
    try read { db in try Self.contents(ofRun: id, in: db, path: path) }
  }

  /// The run with `run.key`: the one in the store, or a new one with the given prompts
  /// and variants and a pending sample for each prompt, variant and seed.
  ///
  /// A run that is taken up with other LPIPS weights loses the distances by the earlier ones; without weights it
  /// keeps them.
  ///
  /// - Parameter contentKey: the key of the picture of a prompt, variant and seed. A
  ///   sample whose picture another run of the store already made starts as done.
  public func begin(
    _ run: RunRecord, prompts: [PromptRecord], variants: [VariantRecord], seeds: [Int],
    contentKey: (PromptRecord, VariantRecord, Int) -> String
  ) throws(StoreError) -> RunContents {
    try write { db in
      if let known = try RunRecord.filter(Column("key") == run.key).fetchOne(db) {
        try db.execute(
          sql: "UPDATE run SET lastSwept = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = ?",
          arguments: [known.id])
        try Self.replaceLPIPS(of: known, by: run, in: db)
        return try Self.contents(ofRun: known.id, in: db, path: path)
      }
      var run = run
      try run.insert(db)
      var variants = variants
      for index in variants.indices {
        variants[index].runID = run.id
        try variants[index].insert(db)
      }
      for var prompt in prompts {
        prompt.runID = run.id
        try prompt.insert(db)
        for seed in seeds {
          for variant in variants {
            try Self.insertSample(prompt, variant, seed, key: contentKey(prompt, variant, seed), in: db)
          }
        }
      }
      return try Self.contents(ofRun: run.id, in: db, path: path)
    }
  }

  static func contents(ofRun id: Int64, in db: Database, path: String) throws -> RunContents {
    guard let run = try RunRecord.fetchOne(db, key: id) else {
      throw StoreError.noSuchRun(path: path, name: "\(id)", known: [])
    }
    let ofRun = Column("runID") == id
    return RunContents(
      run: run,
      prompts: try PromptRecord.filter(ofRun).order(Column("id")).fetchAll(db),
      variants: try VariantRecord.filter(ofRun).order(Column("id")).fetchAll(db)
        .sorted { $0.precedes($1) },
      samples: try SampleRecord.fetchAll(
        db,
        sql: """
          SELECT sample.* FROM sample JOIN prompt ON prompt.id = sample.promptID
          WHERE prompt.runID = ? ORDER BY sample.id
          """, arguments: [id]),
      scores: try ScoreRecord.fetchAll(
        db,
        sql: """
          SELECT score.* FROM score JOIN sample ON sample.id = score.sampleID
          JOIN prompt ON prompt.id = sample.promptID
          WHERE prompt.runID = ? ORDER BY score.sampleID, score.metric
          """, arguments: [id]),
      seedNoise: try SeedNoiseRecord.fetchAll(
        db,
        sql: """
          SELECT seedNoise.* FROM seedNoise JOIN prompt ON prompt.id = seedNoise.promptID
          WHERE prompt.runID = ? ORDER BY seedNoise.promptID, seedA, seedB, metric
          """, arguments: [id]),
      nullChecks: try NullCheckRecord.filter(ofRun).order(Column.rowID).fetchAll(db))
  }

  private static func replaceLPIPS(of known: RunRecord, by run: RunRecord, in db: Database) throws {
    guard let fingerprint = run.lpipsFingerprint, fingerprint != known.lpipsFingerprint else { return }
    try db.execute(
      sql: """
        UPDATE run SET lpipsName = :name, lpipsFingerprint = :fingerprint WHERE id = :run;
        DELETE FROM score WHERE metric = :metric AND sampleID IN (
          SELECT sample.id FROM sample JOIN prompt ON prompt.id = sample.promptID WHERE prompt.runID = :run);
        DELETE FROM seedNoise WHERE metric = :metric AND promptID IN (SELECT id FROM prompt WHERE runID = :run);
        """,
      arguments: [
        "name": run.lpipsName, "fingerprint": fingerprint, "run": known.id,
        "metric": ScoreMetric.lpips.rawValue,
      ])
  }
}
