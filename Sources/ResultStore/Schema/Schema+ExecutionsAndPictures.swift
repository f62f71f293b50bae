import GRDB

/// Step 5: who made a picture, where its file is and what it was scored by become rows of their own.
extension Schema {
  static func addExecutionsAndPictures(_ db: Database) throws {
    try db.execute(sql: executionsAndPictures)
    for run in try LegacyRun.all(in: db) { try run.migrate(db) }
    try db.execute(sql: replaceTables)
    try makeKeysUnique(db)
  }

  /// Runs that differ in what scored them have one key now: the one that was swept last keeps it.
  private static func makeKeysUnique(_ db: Database) throws {
    var seen: Set<String> = []
    let runs = try Row.fetchAll(db, sql: "SELECT id, key FROM newRun ORDER BY lastSwept DESC, id DESC")
    for run in runs where !seen.insert(run["key"]).inserted {
      try db.execute(sql: "UPDATE newRun SET key = key || '/' || id WHERE id = ?", arguments: [run["id"]])
    }
    try db.execute(
      sql: """
        DROP TABLE run;
        ALTER TABLE newRun RENAME TO run;
        CREATE UNIQUE INDEX run_key ON run (key);
        """)
  }

  private static let executionsAndPictures = """
    CREATE TABLE newRun (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL,
      name TEXT NOT NULL,
      created TEXT NOT NULL,
      modelName TEXT NOT NULL,
      modelFingerprint TEXT NOT NULL,
      modelNote TEXT,
      sampling TEXT NOT NULL,
      promptSet TEXT NOT NULL,
      lastSwept TEXT NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
    ) STRICT;

    CREATE TABLE execution (
      id INTEGER PRIMARY KEY,
      runID INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      engine TEXT NOT NULL,
      engineVersion TEXT,
      device TEXT,
      machine TEXT NOT NULL,
      toolVersion TEXT NOT NULL,
      commandLine TEXT NOT NULL,
      began TEXT NOT NULL
    ) STRICT;
    CREATE INDEX execution_run ON execution (runID);

    CREATE TABLE newPrompt (
      id INTEGER PRIMARY KEY,
      runID INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      row INTEGER NOT NULL,
      text TEXT NOT NULL,
      category TEXT,
      challenge TEXT,
      subset TEXT,
      UNIQUE (runID, position)
    ) STRICT;

    CREATE TABLE newVariant (
      id INTEGER PRIMARY KEY,
      runID INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      key TEXT NOT NULL,
      model TEXT NOT NULL,
      recipe TEXT NOT NULL,
      ratio REAL NOT NULL,
      effectiveRatio REAL NOT NULL,
      equalTimeMerging TEXT,
      equalTimeOf TEXT,
      isBaseline INTEGER NOT NULL,
      UNIQUE (runID, key)
    ) STRICT;

    CREATE TABLE picture (
      id INTEGER PRIMARY KEY,
      base TEXT NOT NULL CHECK (base IN ('store', 'output')),
      path TEXT NOT NULL,
      fileHash TEXT NOT NULL,
      pixelHash TEXT,
      width INTEGER NOT NULL,
      height INTEGER NOT NULL,
      format TEXT NOT NULL,
      UNIQUE (base, path)
    ) STRICT;

    CREATE TABLE newSample (
      id INTEGER PRIMARY KEY,
      promptID INTEGER NOT NULL REFERENCES prompt ON DELETE CASCADE,
      variantID INTEGER NOT NULL REFERENCES variant ON DELETE CASCADE,
      seed INTEGER NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')),
      contentKey TEXT NOT NULL,
      pictureID INTEGER REFERENCES picture,
      executionID INTEGER REFERENCES execution ON DELETE SET NULL,
      latentsHash TEXT,
      seconds REAL,
      secondsPerStep REAL,
      stageSeconds TEXT,
      peakMemoryBytes INTEGER,
      mergeStatistics TEXT,
      error TEXT,
      UNIQUE (promptID, variantID, seed),
      CHECK (state <> 'done' OR pictureID IS NOT NULL)
    ) STRICT;

    CREATE TABLE blockStatistics (
      sampleID INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,
      block TEXT NOT NULL,
      statistics TEXT NOT NULL,
      PRIMARY KEY (sampleID, block)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE scorer (
      id INTEGER PRIMARY KEY,
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      UNIQUE (kind, fingerprint)
    ) STRICT;

    CREATE TABLE runScorer (
      runID INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      scorerID INTEGER NOT NULL REFERENCES scorer,
      position INTEGER NOT NULL,
      PRIMARY KEY (runID, scorerID)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE newScore (
      sampleID INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,
      metric TEXT NOT NULL,
      scorerID INTEGER NOT NULL REFERENCES scorer,
      value REAL,
      picture TEXT NOT NULL,
      reference TEXT,
      PRIMARY KEY (sampleID, metric, scorerID)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE newSeedNoise (
      promptID INTEGER NOT NULL REFERENCES prompt ON DELETE CASCADE,
      seedA INTEGER NOT NULL,
      seedB INTEGER NOT NULL,
      metric TEXT NOT NULL,
      scorerID INTEGER NOT NULL REFERENCES scorer,
      value REAL,
      picture TEXT NOT NULL,
      reference TEXT NOT NULL,
      PRIMARY KEY (promptID, seedA, seedB, metric, scorerID)
    ) STRICT, WITHOUT ROWID;
    """

  /// All but `run`, whose keys are put right first.
  private static let replaceTables = """
    DROP TABLE score;
    DROP TABLE seedNoise;
    DROP TABLE sample;
    DROP TABLE variant;
    DROP TABLE prompt;
    ALTER TABLE newPrompt RENAME TO prompt;
    ALTER TABLE newVariant RENAME TO variant;
    ALTER TABLE newSample RENAME TO sample;
    ALTER TABLE newScore RENAME TO score;
    ALTER TABLE newSeedNoise RENAME TO seedNoise;
    CREATE INDEX sample_variant ON sample (variantID);
    CREATE INDEX sample_content ON sample (contentKey);
    CREATE INDEX sample_picture ON sample (pictureID);
    """
}
