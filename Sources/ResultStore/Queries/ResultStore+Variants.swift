import GRDB

/// Variants that join a run after it began.
extension ResultStore {
  /// Adds variants to a run, with a pending sample of each for every prompt and seed; a
  /// variant that the run has already (its `id` is not 0) is updated instead.
  ///
  /// - Parameter contentKey: as in ``begin(_:prompts:variants:seeds:contentKey:)``
  /// - Returns: what the run holds then.
  public func add(
    _ variants: [VariantRecord], toRun id: Int64, seeds: [Int],
    contentKey: (PromptRecord, VariantRecord, Int) -> String
  ) throws(StoreError) -> RunContents {
    try write { db in
      let prompts = try PromptRecord.filter(Column("runID") == id).order(Column("id")).fetchAll(db)
      for var variant in variants {
        variant.runID = id
        if variant.id != 0 {
          try variant.update(db)
          continue
        }
        try variant.insert(db)
        for prompt in prompts {
          for seed in seeds {
            try Self.insertSample(prompt, variant, seed, key: contentKey(prompt, variant, seed), in: db)
          }
        }
      }
      return try Self.contents(ofRun: id, in: db, path: path)
    }
  }

  /// A sample of a run's prompt, variant and seed: pending, or done when any run of the
  /// store has the picture with this key.
  static func insertSample(
    _ prompt: PromptRecord, _ variant: VariantRecord, _ seed: Int, key: String, in db: Database
  ) throws {
    var sample =
      try SampleRecord.filter(Column("contentKey") == key && Column("state") == "done").fetchOne(db)
      ?? SampleRecord(promptID: prompt.id, variantID: variant.id, seed: seed, contentKey: key)
    (sample.promptID, sample.variantID, sample.seed) = (prompt.id, variant.id, seed)
    try sample.insert(db)
  }
}
