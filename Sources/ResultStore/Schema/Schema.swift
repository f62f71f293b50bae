import GRDB

/// The tables and how they came to be: one migration per schema step, never edited
/// once released.
enum Schema {
  /// `PRAGMA application_id` of a store: "tome" in ASCII.
  static let applicationID = 0x746F_6D65

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1-first") { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      try db.execute(sql: first)
    }
    migrator.registerMigration("2-variants-and-checks") { db in
      try db.execute(sql: variantsAndChecks)
    }
    migrator.registerMigration("3-equal-time") { db in
      try db.execute(sql: "ALTER TABLE variant ADD COLUMN equalTimeOf TEXT")
    }
    migrator.registerMigration("4-seed-noise") { db in
      try db.execute(sql: seedNoise)
    }
    return migrator
  }

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
