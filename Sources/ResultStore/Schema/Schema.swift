import GRDB
import Pictures

/// The tables and how they came to be: one migration per schema step, never edited
/// once released.
enum Schema {
  /// `PRAGMA application_id` of a store: "tome" in ASCII.
  static let applicationID = 0x746F_6D65

  /// One change of the tables, under a name that is kept in the store.
  struct Step {
    let name: String
    let apply: (Database) throws -> Void

    init(_ name: String, _ apply: @escaping (Database) throws -> Void) {
      self.name = name
      self.apply = apply
    }

    init(_ name: String, sql: String) { self.init(name) { try $0.execute(sql: sql) } }
  }

  /// In their order; never edited once released. A new value of an enumeration that is stored is a step, too, so that
  /// an older program says that the store is newer than it is.
  static var steps: [Step] {
    [
      Step("1-first", sql: "PRAGMA application_id = \(applicationID);" + first),
      Step("2-variants-and-checks", sql: variantsAndChecks),
      Step("3-equal-time", sql: "ALTER TABLE variant ADD COLUMN equalTimeOf TEXT"),
      Step("4-seed-noise", sql: seedNoise),
      Step("5-executions-and-pictures", addExecutionsAndPictures),
      Step("6-unread-ends", sql: "ALTER TABLE prompt ADD COLUMN unread TEXT"),
      Step("7-votes", sql: votes),
      Step("8-explanations", sql: explanations),
      Step("9-differences", sql: differences),
    ]
  }

  /// The names of the steps that a store has behind it.
  static func applied(in db: Database) throws -> Set<String> {
    guard try db.tableExists(migrationsTable) else { return [] }
    return Set(try String.fetchAll(db, sql: "SELECT identifier FROM \(migrationsTable)"))
  }

  /// Takes all steps that are missing, inside of a transaction of the caller's: nobody ever sees half a schema, which
  /// GRDB's own migrator, with a transaction a step, would show.
  ///
  /// - Precondition: foreign keys are off, since tables are made anew.
  static func migrate(_ db: Database) throws {
    try db.execute(
      sql: "CREATE TABLE IF NOT EXISTS \(migrationsTable) (identifier TEXT NOT NULL PRIMARY KEY)")
    let applied = try applied(in: db)
    for step in steps where !applied.contains(step.name) {
      try step.apply(db)
      try db.execute(
        sql: "INSERT INTO \(migrationsTable) (identifier) VALUES (?)", arguments: [step.name])
    }
    try db.checkForeignKeys()
  }

  /// As GRDB's migrator, which made the first stores, calls it.
  private static let migrationsTable = "grdb_migrations"

  private static let first = """
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      created TEXT NOT NULL,
      commandLine TEXT NOT NULL,
      toolVersion TEXT NOT NULL,
      modelName TEXT NOT NULL,
      modelFingerprint TEXT NOT NULL,
      modelNote TEXT,
      clipName TEXT,
      clipFingerprint TEXT,
      settings TEXT NOT NULL,
      machine TEXT NOT NULL,
      lastSwept TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
    ) STRICT;

    CREATE TABLE prompt (
      id INTEGER PRIMARY KEY,
      runID INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      row INTEGER NOT NULL,
      text TEXT NOT NULL,
      category TEXT,
      challenge TEXT,
      subset TEXT
    ) STRICT;
    CREATE INDEX prompt_run ON prompt (runID);

    CREATE TABLE variant (
      id INTEGER PRIMARY KEY,
      runID INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      ratio REAL NOT NULL,
      effectiveRatio REAL NOT NULL,
      maxDownsample INTEGER NOT NULL,
      sx INTEGER NOT NULL,
      sy INTEGER NOT NULL,
      useRand INTEGER NOT NULL,
      mergeAttn INTEGER NOT NULL,
      mergeCrossattn INTEGER NOT NULL,
      mergeMlp INTEGER NOT NULL,
      isBaseline INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX variant_run ON variant (runID);

    CREATE TABLE sample (
      id INTEGER PRIMARY KEY,
      promptID INTEGER NOT NULL REFERENCES prompt ON DELETE CASCADE,
      variantID INTEGER NOT NULL REFERENCES variant ON DELETE CASCADE,
      seed INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
      contentKey TEXT NOT NULL,
      imagePath TEXT,
      imageHash TEXT,
      latentsHash TEXT,
      seconds REAL,
      secondsPerStep REAL,
      stageSeconds TEXT,
      peakMemoryBytes INTEGER,
      mergeStatistics TEXT,
      error TEXT,
      UNIQUE (promptID, variantID, seed),
      CHECK (state <> 'done' OR imagePath IS NOT NULL)
    ) STRICT;
    CREATE INDEX sample_variant ON sample (variantID);
    CREATE INDEX sample_content ON sample (contentKey);

    CREATE TABLE score (
      sampleID INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,
      metric TEXT NOT NULL,
      value REAL,
      clipFingerprint TEXT,
      PRIMARY KEY (sampleID, metric)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE embedding (
      subject TEXT NOT NULL,
      clipFingerprint TEXT NOT NULL,
      vector BLOB NOT NULL,
      PRIMARY KEY (subject, clipFingerprint)
    ) STRICT, WITHOUT ROWID;
    """

  private static let variantsAndChecks = """
    ALTER TABLE variant ADD COLUMN mergeVariant TEXT NOT NULL DEFAULT 'tomesd';
    ALTER TABLE variant ADD COLUMN steps INTEGER;
    ALTER TABLE variant ADD COLUMN equalTimeRatio REAL;

    CREATE TABLE nullCheck (
      runID INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      kind TEXT NOT NULL,
      variantID INTEGER REFERENCES variant ON DELETE CASCADE,
      outcome TEXT NOT NULL CHECK (outcome IN ('passed', 'failed', 'noted', 'pending')),
      detail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX nullCheck_run ON nullCheck (runID);
    """

  /// Where tokens went and what the model predicted, of pictures that were made again for that.
  private static let explanations = """
    CREATE TABLE explanation (
      sampleID INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,
      pass INTEGER NOT NULL,
      step INTEGER NOT NULL,
      steps INTEGER NOT NULL,
      position INTEGER NOT NULL,
      block TEXT NOT NULL,
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      destinations BLOB NOT NULL,
      similarities BLOB NOT NULL,
      PRIMARY KEY (sampleID, pass, step, block)
    ) STRICT;

    CREATE TABLE preview (
      sampleID INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,
      pass INTEGER NOT NULL,
      step INTEGER NOT NULL,
      steps INTEGER NOT NULL,
      png BLOB NOT NULL,
      PRIMARY KEY (sampleID, pass, step)
    ) STRICT;
    """

  /// Also which LPIPS weights the values of `lpips` are by: of a run, and of each score.
  private static let seedNoise = """
    CREATE TABLE seedNoise (
      promptID INTEGER NOT NULL REFERENCES prompt ON DELETE CASCADE,
      seedA INTEGER NOT NULL,
      seedB INTEGER NOT NULL,
      metric TEXT NOT NULL,
      value REAL,
      PRIMARY KEY (promptID, seedA, seedB, metric)
    ) STRICT, WITHOUT ROWID;

    ALTER TABLE run ADD COLUMN lpipsName TEXT;
    ALTER TABLE run ADD COLUMN lpipsFingerprint TEXT;
    ALTER TABLE score ADD COLUMN lpipsFingerprint TEXT;
    """
}
