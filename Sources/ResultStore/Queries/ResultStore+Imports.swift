import GRDB
public import Pictures

/// A picture that a run should have: by its prompt's and its variant's place in lists, and its seed.
public struct SamplePlace: Hashable, Sendable {
  public let prompt: Int
  public let variant: Int
  public let seed: Seed

  public init(prompt: Int, variant: Int, seed: Seed) {
    self.prompt = prompt
    self.variant = variant
    self.seed = seed
  }
}

extension ResultStore {
  /// The run with `run.key`, the one in the store or a new one, with these of its pictures: what it lacks of prompts
  /// (told apart by their texts), variants (by their keys) and samples is added, pending.
  ///
  /// Other than a sweep's, such a run need not have every prompt from every seed.
  /// - Returns: what the run holds then, and its samples of `places`, in their order.
  public func extend(
    _ run: RunRecord, prompts: [PromptRecord], variants: [VariantRecord], places: [SamplePlace],
    scorers: [ScorerRecord]
  ) throws(StoreError) -> (contents: RunContents, samples: [SampleRecord]) {
    try write { db in
      let id = try Self.taken(run, in: db)
      try Self.put(scorers, ofRun: id, in: db)
      let prompts = try Self.added(prompts, toRun: id, in: db)
      let variants = try Self.added(variants, toRun: id, in: db)
      let insertion = try db.makeStatement(
        sql: """
          INSERT OR IGNORE INTO sample (promptID, variantID, seed, state, contentKey)
          VALUES (?, ?, ?, 'pending', ?)
          """)
      for place in places {
        let (prompt, variant) = (prompts[place.prompt], variants[place.variant])
        try insertion.execute(arguments: [
          prompt.id, variant.id, place.seed,
          PictureRequest(variant.recipe, prompt: prompt.text, seed: place.seed).key,
        ])
      }
      let contents = try RunContents(ofRun: id, in: db, path: path)
      struct Key: Hashable { let prompt: Int64, variant: Int64, seed: Seed }
      let samples = Dictionary(
        contents.samples.map { (Key(prompt: $0.promptID, variant: $0.variantID, seed: $0.seed), $0) },
        uniquingKeysWith: { first, _ in first })
      return (
        contents,
        try places.map { place in
          let key = Key(
            prompt: prompts[place.prompt].id, variant: variants[place.variant].id, seed: place.seed)
          guard let sample = samples[key] else {
            throw DamagedRow("run '\(contents.run.name)'", reason: "its pictures are not in table sample")
          }
          return sample
        }
      )
    }
  }

  private static func added(
    _ prompts: [PromptRecord], toRun id: Int64, in db: Database
  ) throws -> [PromptRecord] {
    let known = try PromptRecord.fetchChecked(
      db, PromptRecord.filter(Column("runID") == id).order(Column("position")))
    var byText = Dictionary(known.map { ($0.text, $0) }, uniquingKeysWith: { first, _ in first })
    var position = (known.map(\.position).max() ?? -1) + 1
    var rows = Set(known.map(\.row))
    return try prompts.map { asked in
      if let known = byText[asked.text] { return known }
      var prompt = asked
      (prompt.runID, prompt.position) = (id, position)
      // Rows name prompts in a page's address.
      if rows.contains(prompt.row) { prompt.row = (rows.max() ?? 0) + 1 }
      try prompt.insert(db)
      position += 1
      rows.insert(prompt.row)
      byText[prompt.text] = prompt
      return prompt
    }
  }

  private static func added(
    _ variants: [VariantRecord], toRun id: Int64, in db: Database
  ) throws -> [VariantRecord] {
    let known = try VariantRecord.fetchChecked(db, VariantRecord.filter(Column("runID") == id))
    return try variants.map { asked in
      if let known = known.first(where: { $0.key == asked.key }) { return known }
      var variant = asked
      variant.runID = id
      try variant.insert(db)
      return variant
    }
  }
}
