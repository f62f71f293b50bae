import Digests
public import Foundation
import Images
public import Importing
public import Machine
import Pictures
public import ResultStore
public import Scoring
import TokenMerging

/// Takes pictures from elsewhere into a run, and scores them.
///
/// A picture below the run's folder, or below the store's, stays where it is; others are copied into the run's folder,
/// JPEG and WebP as PNG with the same pixels. What was imported before is left alone, so that the same import again adds
/// what is new.
public struct PictureImport: Sendable {
  public let pictures: ImportedRun
  /// What the run is called; nil for a name made of the model's.
  public let name: String?
  /// Where the pictures come from, as the run's set of prompts.
  public let source: String
  public let scorers: Scorers
  public let store: ResultStore
  /// The run's folder.
  public let folder: URL
  /// Whether all pictures are copied.
  public let copies: Bool
  public let commandLine: String
  public let toolVersion: String

  public init(
    _ pictures: ImportedRun, name: String?, source: String, scorers: Scorers, store: ResultStore, folder: URL,
    copies: Bool, commandLine: String, toolVersion: String
  ) {
    self.pictures = pictures
    self.name = name
    self.source = source
    self.scorers = scorers
    self.store = store
    self.folder = folder
    self.copies = copies
    self.commandLine = commandLine
    self.toolVersion = toolVersion
  }

  public enum Stage: Sendable { case taking, scoring }

  /// - Parameter progress: told how many of the pictures a stage has dealt with
  /// - Returns: what was done, also after a stop that `cancellation` asked for.
  /// - Throws: ``EvaluationError``, `StoreError` or `ImageError` when the folder or the store cannot be used.
  public func run(
    cancellation: Cancellation = Cancellation(),
    progress: (Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws -> ImportOutcome {
    let key = RunRecord.key(imported: pictures.baseline, name: name)
    let record = RunRecord(
      key: key, name: name ?? "\(pictures.model.name)-\(key.prefix(8))", created: Date(),
      model: pictures.model, sampling: pictures.sampling, promptSet: source)
    let runFolder = try RunFolder(folder, store: store, key: key)
    defer { withExtendedLifetime(runFolder) {} }
    let recipes = pictures.counts.map(\.recipe)
    let variants = recipes.map(variant)
    let begun = try store.extend(
      record,
      prompts: pictures.prompts.enumerated().map { position, prompt in
        PromptRecord(
          position: position, row: prompt.row, text: prompt.text, category: prompt.category,
          challenge: prompt.challenge)
      }, variants: variants,
      places: pictures.pictures.map { picture in
        SamplePlace(
          prompt: picture.prompt, variant: recipes.firstIndex(of: picture.recipe) ?? 0, seed: picture.seed)
      }, scorers: scorers.records)
    var outcome = ImportOutcome(run: begun.contents.run, total: pictures.pictures.count)
    let execution = ExecutionRecord(
      engine: pictures.engine, machine: .unknown, toolVersion: toolVersion, commandLine: commandLine,
      began: Date())
    var taker = PictureTaker(begun.contents, store: store, folder: runFolder, execution, copies: copies)
    do {
      let wanted = zip(pictures.pictures, begun.samples).map { (file: $0.file, sample: $1) }
      for start in stride(from: 0, to: wanted.count, by: Self.batch) {
        try taker.take(
          wanted[start..<min(start + Self.batch, wanted.count)], cancellation,
          progress: { progress(.taking, start + $0, wanted.count) }, count: { outcome.count($0) })
      }
      try score(
        store.contents(ofRun: begun.contents.run.id), runFolder.folders, cancellation, &outcome, progress)
    } catch is CancellationError {
      outcome.isInterrupted = true
    }
    outcome.nullChecks = try NullChecks.update(
      store.contents(ofRun: begun.contents.run.id), in: store,
      openBecause: "not made, as the pictures were made elsewhere")
    return outcome
  }

  /// Pictures whose rows are stored in one transaction, and rows of scores.
  private static let batch = 500

  private func variant(_ recipe: PictureRecipe) -> VariantRecord {
    let merging = recipe.merging ?? recipe.hiresMerging
    // One token of each cell always stays; what else the model's grids do is not known.
    let cap = merging.map { 1 - 1 / Double($0.sx * $0.sy) } ?? 0
    return VariantRecord(
      recipe: recipe, baseline: pictures.sampling,
      effectiveRatio: min(merging?.ratio ?? 0, cap))
  }

  private func score(
    _ contents: RunContents, _ folders: PictureFolders, _ cancellation: Cancellation,
    _ outcome: inout ImportOutcome, _ progress: (Stage, Int, Int) -> Void
  ) throws {
    let evaluator = Evaluator(
      contents, scorers: scorers, store: store, folders: folders, batch: Self.batch)
    // Also of what a stop leaves.
    defer { try? evaluator.finish() }
    let samples = Dictionary(grouping: contents.samples, by: \.promptID)
    let scores = Dictionary(grouping: contents.scores, by: \.sampleID)
    let differences = Dictionary(grouping: contents.differences, by: \.sampleID)
    let noise = Dictionary(grouping: contents.seedNoise, by: \.promptID)
    for (index, prompt) in contents.prompts.enumerated() {
      progress(.scoring, index, contents.prompts.count)
      let own = samples[prompt.id, default: []]
      let scored = try evaluator.scoreMissing(
        prompt: prompt, samples: own, known: own.flatMap { scores[$0.id, default: []] },
        differences: own.flatMap { differences[$0.id, default: []] }, cancellation: cancellation)
      outcome.scored += scored.scored
      outcome.unscored += scored.failures.count
      var seen: Set<Seed> = []
      try evaluator.measureMissingNoise(
        samples: own, seeds: own.map(\.seed).filter { seen.insert($0).inserted },
        known: noise[prompt.id, default: []], cancellation: cancellation)
    }
    try evaluator.finish()
  }
}
