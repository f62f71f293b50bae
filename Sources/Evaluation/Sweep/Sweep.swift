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
  /// Which of the plan's prompts are made, of a run that has all of them; nil for all.
  public var shard: Shard?
  /// Stores that may hold pictures of the run, which are taken instead of being made again.
  public var neighbours: [URL] = []

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
    var contents = try store.begin(
      asked, prompts: plan.promptRecords, variants: plan.variants, seeds: plan.seeds,
      scorers: scorers.records)
    report(.began(contents.run))
    if try take(contents, runFolder, cancellation, report) {
      contents = try store.contents(ofRun: contents.run.id)
    }
    let execution = ExecutionRecord(
      engine: engine.identity, machine: .current, toolVersion: toolVersion, commandLine: commandLine,
      began: now)
    var pass = SweepPass(
      self, PictureAdopter(contents.run, store: store, folder: runFolder, execution: execution),
      folders: runFolder.folders, run: contents.run, cancellation, report)
    let texts = Dictionary(uniqueKeysWithValues: contents.prompts.map { ($0.id, $0.text) })
    let isWhole = shard == nil
    try pass.run(
      contents, asked: isWhole ? contents.samples : contents.samples.filter { isAsked(texts[$0.promptID]) })
    if equalTime, !pass.outcome.isInterrupted, let more = try addEqualTime(contents.run, report) {
      try pass.run(more.contents, asked: more.samples)
    }
    pass.outcome.nullChecks = try NullChecks.update(
      store.contents(ofRun: contents.run.id), in: store,
      openBecause: openReason(contents.prompts))
    return pass.outcome
  }

  private func isAsked(_ prompt: String?) -> Bool { prompt.map { shard?.contains($0) ?? true } ?? false }

  /// Why checks that need a picture of their own are not made, where they are not.
  private func openReason(_ prompts: [PromptRecord]) -> String {
    guard makesChecks else { return "not made, as was asked for" }
    return isAsked(prompts.first?.text) ? "not made yet" : "left to the shard that has the first prompt"
  }

  /// Takes pictures that neighbouring stores have and the run lacks.
  /// - Returns: whether there were any.
  private func take(
    _ contents: RunContents, _ runFolder: RunFolder, _ cancellation: Cancellation,
    _ report: (SweepEvent) -> Void
  ) throws -> Bool {
    let target = try MergeTarget(contents.run, in: store)
    var sources: [MergeSource] = []
    for url in neighbours {
      do throws(StoreError) {
        let other = try ResultStore(url)
        guard let run = try other.runs().first(where: { $0.key == contents.run.key }) else { continue }
        let theirs = try other.contents(ofRun: run.id)
        let asked = Set(theirs.prompts.filter { isAsked($0.text) }.map(\.id))
        let source = try MergeSource(other, theirs, isPreferred: false) {
          $0.state == .done && asked.contains($0.promptID)
        }
        guard !source.contents.samples.isEmpty else { continue }
        sources.append(source)
      } catch {
        // A neighbour may be at work, or gone since; what it has is made again at worst.
        report(.notice("pictures of another store are not looked for: \(error)"))
      }
    }
    guard !sources.isEmpty else { return false }
    var merge = RunMerge(into: target, of: store, folder: runFolder, sources: sources, copies: false)
    do { try merge.run(cancellation) { _, _, _ in } } catch is CancellationError {}
    if merge.outcome.taken > 0 { report(.took(merge.outcome.taken)) }
    return merge.outcome.taken > 0
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
