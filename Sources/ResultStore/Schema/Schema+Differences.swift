extension Schema {
  /// Step 9: where and how each picture differs from its baseline.
  static let differences = """
    CREATE TABLE difference (
      sampleID INTEGER PRIMARY KEY REFERENCES sample ON DELETE CASCADE,
      picture TEXT NOT NULL,
      reference TEXT NOT NULL,
      cells BLOB NOT NULL,
      onEdges REAL,
      onFlat REAL NOT NULL,
      low REAL NOT NULL,
      mid REAL NOT NULL,
      high REAL NOT NULL,
      highOnEdges REAL,
      specks REAL NOT NULL,
      meanShift REAL NOT NULL,
      spreadShift REAL NOT NULL
    ) STRICT;
    """
}
