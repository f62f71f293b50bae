import GRDB
import Metrics
public import Pictures

extension ResultStore {
  /// All runs, the one that was swept last at the end.
  public func runs() throws(StoreError) -> [RunRecord] {
    try read { db in
      try RunRecord.fetchChecked(db, RunRecord.order(Column("lastSwept"), Column("id")))
    }
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
  /// - Parameters:
  ///   - withEmbeddings: Whether its pictures' image embeddings, too: 3 KB a picture with most checkpoints.
  ///   - withExplanations: Whether what was seen of their making, too: some 500 KB a picture that was looked into.
  public func contents(
    ofRun id: Int64, withEmbeddings: Bool = false, withExplanations: Bool = false
  ) throws(StoreError) -> RunContents {
    try read { db in
      var contents = try RunContents(ofRun: id, in: db, path: path)
      if withEmbeddings, let clip = contents.scorer(.clip) {
        contents.embeddings = try Self.embeddings(ofRun: id, clipFingerprint: clip.fingerprint, in: db)
      }
      if withExplanations { contents.explanations = try Self.explanations(ofRun: id, in: db) }
      return contents
    }
  }

  /// The run with `run.key`: the one in the store, or a new one with the given prompts
  /// and variants and a pending sample for each prompt, variant and seed.
  ///
  /// A sample whose picture another run of the store already made starts as done.
  ///
  /// - Parameter scorers: what its pictures are to be scored by. Those that scored it before stay, after these.
  public func begin(
    _ run: RunRecord, prompts: [PromptRecord], variants: [VariantRecord], seeds: [Seed],
    scorers: [ScorerRecord]
  ) throws(StoreError) -> RunContents {
    try write { db in
      let known = try Self.taken(upAgain: run, in: db)
      let id = try known ?? Self.insert(run, prompts: prompts, variants: variants, seeds: seeds, in: db)
      try Self.put(scorers, ofRun: id, in: db)
      let contents = try RunContents(ofRun: id, in: db, path: path)
      let missing = contents.missing(
        of: prompts.count * variants.count * seeds.count, variants: Set(variants.map(\.key)))
      guard missing == 0 else {
        throw DamagedRow(
          "run '\(contents.run.name)'", reason: "\(missing) of its pictures are not in table sample")
      }
      return contents
    }
  }

  /// The number of the run with this key, which is the latest now; a new run where there is none.
  static func taken(_ run: RunRecord, in db: Database) throws -> Int64 {
    if let known = try taken(upAgain: run, in: db) { return known }
    var run = run
    try run.insert(db)
    return run.id
  }

  private static func taken(upAgain run: RunRecord, in db: Database) throws -> Int64? {
    let known = try RunRecord.fetchChecked(db, RunRecord.filter(Column("key") == run.key)).first
    guard let id = known?.id else { return nil }
    try db.execute(
      sql: "UPDATE run SET lastSwept = strftime('%Y-%m-%d %H:%M:%f', 'now') WHERE id = ?", arguments: [id])
    return id
  }

  private static func insert(
    _ run: RunRecord, prompts: [PromptRecord], variants: [VariantRecord], seeds: [Seed], in db: Database
  ) throws -> Int64 {
    var run = run
    try run.insert(db)
    var variants = variants
    for index in variants.indices {
      variants[index].runID = run.id
      try variants[index].insert(db)
    }
    for (position, var prompt) in prompts.enumerated() {
      (prompt.runID, prompt.position) = (run.id, position)
      try prompt.insert(db)
      for seed in seeds {
        for variant in variants { try insertSample(prompt, variant, seed, in: db) }
      }
    }
    return run.id
  }

  /// Puts scorers in front of those that the run has.
  static func put(_ scorers: [ScorerRecord], ofRun id: Int64, in db: Database) throws {
    let asked = try ([ScorerRecord.pixels] + scorers).map { try $0.stored(in: db).id }
    let known = try Int64.fetchAll(
      db, sql: "SELECT scorerID FROM runScorer WHERE runID = ? ORDER BY position", arguments: [id])
    let ordered = asked + known.filter { !asked.contains($0) }
    guard ordered != known else { return }
    try db.execute(sql: "DELETE FROM runScorer WHERE runID = ?", arguments: [id])
    for (position, scorer) in ordered.enumerated() {
      try db.execute(
        sql: "INSERT INTO runScorer (runID, scorerID, position) VALUES (?, ?, ?)",
        arguments: [id, scorer, position])
    }
  }
}

extension RunContents {
  /// How many samples of a plan the run lacks, given the keys of the plan's variants.
  fileprivate func missing(of planned: Int, variants keys: Set<String>) -> Int {
    let ids = Set(variants.filter { keys.contains($0.key) }.map(\.id))
    return max(0, planned - samples.count { ids.contains($0.variantID) })
  }
}

extension ScorerRecord {
  /// The store's row of this scorer, a new one where it has none.
  func stored(in db: Database) throws -> ScorerRecord {
    let same = Column("kind") == kind.rawValue && Column("fingerprint") == fingerprint
    if let known = try ScorerRecord.fetchChecked(db, ScorerRecord.filter(same)).first { return known }
    var new = self
    try new.insert(db)
    return new
  }
}
