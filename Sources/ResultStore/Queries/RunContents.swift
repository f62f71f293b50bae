import GRDB
public import Metrics
public import Pictures

/// Everything a run holds, read in one transaction.
public struct RunContents: Sendable {
  public var run: RunRecord
  /// Those that made its pictures, in their order.
  public var executions: [ExecutionRecord]
  /// In the order of the prompt set.
  public var prompts: [PromptRecord]
  /// The baseline first, then by steps, merging rule and rising ratio, see
  /// ``VariantRecord/precedes(_:)``.
  public var variants: [VariantRecord]
  public var samples: [SampleRecord]
  /// What its pictures are scored by, of each kind the one that was asked for last first.
  public var scorers: [ScorerRecord]
  /// Of the pictures that are there now, and against those that are their baselines now.
  public var scores: [ScoreRecord]
  /// Distances between baseline pictures of different seeds; empty for a single seed.
  public var seedNoise: [SeedNoiseRecord]
  public var nullChecks: [NullCheckRecord]
  /// Where and how pictures differ from their baselines: of those that are there now, against those that are their
  /// baselines now.
  public var differences: [DifferenceRecord] = []
  /// Image embeddings by the CLIP checkpoint that counts first, by the pictures' hashes; empty where they were not
  /// asked for.
  public var embeddings: [String: [Float]] = [:]
  /// What was seen of pictures' making, by their samples' numbers; empty where it was not asked for.
  public var explanations: [Int64: Explanation] = [:]
  /// What people said of the pictures that are there now, by voter and time.
  public var votes: [VoteRecord] = []
  /// At which variants they first noticed a change.
  public var noticed: [NoticedRecord] = []
  /// Those who voted or marked, by their keys.
  public var voters: [VoterRecord] = []

  public init(
    run: RunRecord, executions: [ExecutionRecord] = [], prompts: [PromptRecord], variants: [VariantRecord],
    samples: [SampleRecord], scorers: [ScorerRecord] = [], scores: [ScoreRecord] = [],
    seedNoise: [SeedNoiseRecord] = [], nullChecks: [NullCheckRecord] = []
  ) {
    self.run = run
    self.executions = executions
    self.prompts = prompts
    self.variants = variants
    self.samples = samples
    self.scorers = scorers
    self.scores = scores
    self.seedNoise = seedNoise
    self.nullChecks = nullChecks
  }

  /// What the other variants are compared with.
  public var baseline: VariantRecord? { variants.first(where: \.isBaseline) }

  /// The baseline's pictures that are there.
  public var baselines: [SampleRecord.Place: SampleRecord] {
    let id = baseline?.id
    let samples = samples.filter { $0.variantID == id && $0.state == .done }
    return Dictionary(samples.map { ($0.place, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The run's, in the order they were asked for.
  public var seeds: [Seed] {
    var seen: Set<Seed> = []
    return samples.map(\.seed).filter { seen.insert($0).inserted }
  }

  /// The execution that made a sample's picture.
  public func execution(of sample: SampleRecord) -> ExecutionRecord? {
    sample.executionID.flatMap { id in executions.first { $0.id == id } }
  }

  /// Everything that its pictures are scored by.
  public var measures: [Measure] { Measure.all(by: scorers) }

  /// The metric by the scorer that counts first; nil where the run has none for it.
  public func measure(_ metric: Metric) -> Measure? { measures.first { $0.metric == metric } }

  /// The scorer of that kind that counts first.
  public func scorer(_ kind: Metric.Scorer) -> ScorerRecord? { scorers.first { $0.kind == kind } }
}

extension RunContents {
  /// - Throws: ``StoreError/noSuchRun(path:name:known:)``, ``DamagedRow``, or the database's errors.
  init(ofRun id: Int64, in db: Database, path: String) throws {
    guard let run = try RunRecord.fetchChecked(db, RunRecord.filter(key: id)).first else {
      throw StoreError.noSuchRun(path: path, name: "\(id)", known: [])
    }
    let ofRun = Column("runID") == id
    var variants = try VariantRecord.fetchChecked(db, VariantRecord.filter(ofRun).order(Column("id")))
    for index in variants.indices { variants[index].compare(with: run.sampling) }
    variants.tellApart()
    let samples = try Self.samples(ofRun: id, in: db)
    guard !samples.isEmpty else {
      throw DamagedRow("run '\(run.name)'", reason: "its pictures are not in table sample")
    }
    self.init(
      run: run,
      executions: try ExecutionRecord.fetchChecked(
        db,
        sql: """
          SELECT * FROM execution WHERE runID = :run OR id IN (
            SELECT executionID FROM sample JOIN prompt ON prompt.id = sample.promptID WHERE prompt.runID = :run)
          ORDER BY id
          """, arguments: ["run": id]),
      prompts: try PromptRecord.fetchChecked(db, PromptRecord.filter(ofRun).order(Column("position"))),
      variants: variants.sorted { $0.precedes($1) }, samples: samples,
      scorers: try ScorerRecord.fetchChecked(
        db,
        sql: """
          SELECT scorer.* FROM scorer JOIN runScorer ON scorerID = scorer.id WHERE runID = ? ORDER BY position
          """, arguments: [id]),
      nullChecks: try NullCheckRecord.fetchChecked(
        db, sql: "SELECT rowid, * FROM nullCheck WHERE runID = ? ORDER BY rowid", arguments: [id]))
    let scores = try ScoreRecord.fetchChecked(
      db,
      sql: """
        SELECT score.* FROM score JOIN sample ON sample.id = score.sampleID
        JOIN prompt ON prompt.id = sample.promptID
        WHERE prompt.runID = ? ORDER BY score.sampleID, score.metric, score.scorerID
        """, arguments: [id])
    let noise = try SeedNoiseRecord.fetchChecked(
      db,
      sql: """
        SELECT seedNoise.* FROM seedNoise JOIN prompt ON prompt.id = seedNoise.promptID
        WHERE prompt.runID = ? ORDER BY seedNoise.promptID, seedA, seedB, metric, scorerID
        """, arguments: [id])
    differences = try DifferenceRecord.fetchChecked(
      db,
      sql: """
        SELECT difference.* FROM difference JOIN sample ON sample.id = difference.sampleID
        JOIN prompt ON prompt.id = sample.promptID WHERE prompt.runID = ? ORDER BY difference.sampleID
        """, arguments: [id])
    keepCurrent(scores, noise)
    try readVotes(ofRun: id, in: db)
  }

  /// In the order of prompts, seeds and variants as they were begun.
  private static func samples(ofRun id: Int64, in db: Database) throws -> [SampleRecord] {
    var samples = try SampleRecord.fetchChecked(
      db,
      sql: """
        SELECT sample.* FROM sample JOIN prompt ON prompt.id = sample.promptID
        WHERE prompt.runID = ? ORDER BY sample.id
        """, arguments: [id])
    let pictures = try PictureRecord.fetchChecked(
      db,
      sql: """
        SELECT * FROM picture WHERE id IN (
          SELECT pictureID FROM sample JOIN prompt ON prompt.id = sample.promptID WHERE prompt.runID = ?)
        """, arguments: [id])
    let byID = Dictionary(pictures.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for index in samples.indices {
      samples[index].picture = samples[index].pictureID.flatMap { byID[$0] }
      guard samples[index].state != .done || samples[index].picture != nil else {
        throw DamagedRow(
          "table sample, row \(samples[index].id)", reason: "its picture is not in table picture")
      }
    }
    return samples
  }

  /// Takes the scores and distances that are of today's pictures: one that was made again since with other bits, or
  /// whose baseline was, has none.
  private mutating func keepCurrent(_ scores: [ScoreRecord], _ noise: [SeedNoiseRecord]) {
    let baselines = baselines.compactMapValues { $0.picture?.fileHash }
    let byID = Dictionary(samples.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.scores = scores.filter { score in
      guard let sample = byID[score.sampleID], sample.picture?.fileHash == score.picture else { return false }
      return score.reference == nil || score.reference == baselines[sample.place]
    }
    differences = differences.filter { difference in
      guard let sample = byID[difference.sampleID] else { return false }
      return sample.picture?.fileHash == difference.picture
        && baselines[sample.place] == difference.reference
    }
    seedNoise = noise.filter {
      baselines[.init(promptID: $0.promptID, seed: $0.seedA)] == $0.picture
        && baselines[.init(promptID: $0.promptID, seed: $0.seedB)] == $0.reference
    }
  }
}
