/// Step 7: what people say of the pictures.
extension Schema {
  /// A vote belongs to a merged picture, or to the baseline itself where that was shown twice. `picture` and `reference`
  /// are what was seen, see ``PictureRecord/seenHash``.
  static let votes = """
    CREATE TABLE voter (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      name TEXT
    ) STRICT;

    CREATE TABLE vote (
      voterID INTEGER NOT NULL REFERENCES voter ON DELETE CASCADE,
      sampleID INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,
      round TEXT NOT NULL,
      time TEXT NOT NULL,
      answer TEXT NOT NULL CHECK (answer IN ('baseline', 'merged', 'same', 'skip')),
      baselineSide TEXT NOT NULL CHECK (baselineSide IN ('left', 'right')),
      milliseconds INTEGER NOT NULL,
      isCatchTrial INTEGER NOT NULL,
      picture TEXT NOT NULL,
      reference TEXT NOT NULL,
      PRIMARY KEY (voterID, sampleID, round, time)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX vote_sample ON vote (sampleID);

    CREATE TABLE noticed (
      voterID INTEGER NOT NULL REFERENCES voter ON DELETE CASCADE,
      promptID INTEGER NOT NULL REFERENCES prompt ON DELETE CASCADE,
      seed INTEGER NOT NULL,
      variantID INTEGER REFERENCES variant ON DELETE CASCADE,
      time TEXT NOT NULL,
      reference TEXT NOT NULL,
      PRIMARY KEY (voterID, promptID, seed)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX noticed_prompt ON noticed (promptID);
    CREATE INDEX noticed_variant ON noticed (variantID);
    """
}
