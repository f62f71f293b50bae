import GRDB
import Pictures

/// Variants that join a run after it began.
extension ResultStore {
  /// Adds variants to a run, with a pending sample of each for every prompt and seed; a
  /// variant that the run has already (its `id` is not 0) is updated instead.
  ///
  /// - Returns: what the run holds then.
  public func add(_ variants: [VariantRecord], toRun id: Int64) throws(StoreError) -> RunContents {
    try write { db in
      let contents = try RunContents(ofRun: id, in: db, path: path)
      let seeds = contents.seeds
      for var variant in variants {
        variant.runID = id
        if variant.id != 0 {
          try variant.update(db)
          continue
        }
        try variant.insert(db)
        for prompt in contents.prompts {
          for seed in seeds { try Self.insertSample(prompt, variant, seed, in: db) }
        }
      }
      return try RunContents(ofRun: id, in: db, path: path)
    }
  }

  /// A sample of a run's prompt, variant and seed: pending, or done when any run of the
  /// store has its picture.
  static func insertSample(
    _ prompt: PromptRecord, _ variant: VariantRecord, _ seed: Seed, in db: Database
  ) throws {
    let key = PictureRequest(variant.recipe, prompt: prompt.text, seed: seed).key
    var sample =
      try SampleRecord.fetchChecked(
        db,
        SampleRecord.filter(Column("contentKey") == key && Column("state") == "done")
          .order(Column("id")).limit(1)
      ).first ?? SampleRecord(promptID: prompt.id, variantID: variant.id, seed: seed, contentKey: key)
    let original = sample.id
    (sample.id, sample.promptID, sample.variantID, sample.seed) = (0, prompt.id, variant.id, seed)
    try sample.insert(db)
    guard original != 0 else { return }
    try db.execute(
      sql: """
        INSERT INTO blockStatistics (sampleID, block, statistics)
        SELECT ?, block, statistics FROM blockStatistics WHERE sampleID = ?
        """, arguments: [sample.id, original])
  }
}
