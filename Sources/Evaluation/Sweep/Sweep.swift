public import Engines
public import Foundation
public import Machine
import Pictures
public import ResultStore
public import Scoring

/// Makes what a plan asks for and is not there yet, and scores it: pictures under the
/// run's folder, their rows in the store.
///
/// Every picture passes the same stages: the plan asks for it, it is found (``WantedPictures``) or made
/// (``PictureMaking``), adopted (``PictureAdopter``), scored (`Evaluator`), and the run is checked
/// (``PictureChecks``, ``NullChecks``). A picture's file is on disk before its row says so, thus a sweep that was
/// interrupted anywhere goes on where it stopped, and one that is complete does nothing.
public struct Sweep: Sendable {
  public let plan: SweepPlan
  public let engine: any PictureEngine
  public let scorers: Scorers
  public let store: ResultStore
  /// The run's folder.
  public let folder: URL
  /// What the execution is stored with.
  public let commandLine: String
  public let toolVersion: String
  /// Whether the null checks that need a picture of their own are made.
  public var makesChecks = true
  /// Whether the unmerged model also runs with fewer steps, as many as fit into the time
  /// that each ratio was measured to take. Decided once per run.
  public var equalTime = false

  public init(
    plan: SweepPlan, engine: any PictureEngine, scorers: Scorers, store: ResultStore, folder: URL,
    commandLine: String, toolVersion: String
  ) {
    self.plan = plan
    self.engine = engine
    self.scorers = scorers
    self.store = store
    self.folder = folder
    self.commandLine = commandLine
    self.toolVersion = toolVersion
  }

  /// - Returns: what was done, also after a stop that `cancellation` asked for.
  /// - Throws: ``EvaluationError``, `StoreError` or `ImageError` when the folder or the store
  ///   cannot be used. What goes wrong with one picture is stored with it instead.
  public func run(
    cancellation: Cancellation = Cancellation(), progress report: @escaping (SweepEvent) -> Void = { _ in }
  ) throws -> SweepOutcome {
    let now = Date()
    let asked = plan.run(created: now)
    let runFolder = try RunFolder(folder, store: store, key: asked.key)
    defer { withExtendedLifetime(runFolder) {} }
    let contents = try store.begin(
      asked, prompts: plan.promptRecords, variants: plan.variants, seeds: plan.seeds,
      scorers: scorers.records)
    report(.began(contents.run))
    let execution = ExecutionRecord(
      engine: engine.identity, machine: .current, toolVersion: toolVersion, commandLine: commandLine,
      began: now)
    var pass = SweepPass(
      self, PictureAdopter(contents.run, store: store, folder: runFolder, execution: execution),
      folders: runFolder.folders, run: contents.run, cancellation, report)
    try pass.run(contents, asked: contents.samples)
    if equalTime, !pass.outcome.isInterrupted, let more = try addEqualTime(contents.run, report) {
      try pass.run(more.contents, asked: more.samples)
    }
    pass.outcome.nullChecks = try NullChecks.update(
      store.contents(ofRun: contents.run.id), in: store,
      openBecause: makesChecks ? "not made yet" : "not made, as was asked for")
    return pass.outcome
  }

  /// Decides on the variants of equal time where that was not done yet.
  /// - Returns: the samples that this adds, and all that the run holds then; nil for none.
  private func addEqualTime(
    _ run: RunRecord, _ report: (SweepEvent) -> Void
  ) throws -> (samples: [SampleRecord], contents: RunContents)? {
    let contents = try store.contents(ofRun: run.id)
    guard !contents.variants.contains(where: { $0.equalTimeMerging != nil }) else { return nil }
    let decided = EqualTime(contents)
    for notice in decided.notices { report(.notice(notice)) }
    guard !decided.variants.isEmpty else { return nil }
    let extended = try store.add(decided.variants, toRun: run.id)
    let known = Set(contents.samples.map(\.id))
    return (extended.samples.filter { !known.contains($0.id) }, extended)
  }
}
