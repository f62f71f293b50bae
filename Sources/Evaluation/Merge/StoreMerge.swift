public import Foundation
public import Machine
import Pictures
public import ResultStore

/// Takes the runs of several stores into one: rows by what they stand for, not by their numbers, and pictures after a
/// look at their files' hashes. The order of the stores makes no difference.
public struct StoreMerge: Sendable {
  public enum Stage: Sendable { case checking, taking }

  /// Stores, each once and none of them the one that is merged into.
  private let sources: [URL]
  private let preferred: Set<String>
  private let store: ResultStore
  private let folder: URL
  private let copies: Bool

  /// - Parameters:
  ///   - sources: files of stores; their pictures lie below their folders
  ///   - preferred: those whose pictures are kept where others differ; the store itself may be one
  ///   - store: merged into; what it has takes part like the rest
  ///   - folder: of the runs there
  ///   - copies: whether pictures are copied where a second name for a file would do
  /// - Throws: ``EvaluationError/nothingToMerge``, ``EvaluationError/notMerged(path:)``
  public init(
    _ sources: [URL], preferring preferred: [URL] = [], into store: ResultStore, folder: URL,
    copies: Bool = false
  ) throws(EvaluationError) {
    func name(_ url: URL) -> String { url.resolvingSymlinksInPath().standardizedFileURL.path }
    let own = name(URL(fileURLWithPath: store.path))
    var seen: Set<String> = [own]
    self.sources = sources.filter { seen.insert(name($0)).inserted }
    self.preferred = Set(preferred.map(name))
    self.store = store
    self.folder = folder
    self.copies = copies
    guard !self.sources.isEmpty else { throw .nothingToMerge }
    if let other = preferred.first(where: { !seen.contains(name($0)) }) { throw .notMerged(path: other.path) }
  }

  /// A run that some of the stores have.
  private struct SharedRun {
    var record: RunRecord
    /// When it was swept last, anywhere.
    var swept: String
    var sources: [URL]
  }

  /// - Parameter progress: told how many of a run's pictures a stage has dealt with
  /// - Returns: what was done, run by run in the order they were swept in, also after a stop that `cancellation` asked
  ///   for.
  /// - Throws: `StoreError` when a store cannot be read, before anything is changed; ``EvaluationError``, `StoreError`
  ///   and `ImageError` when the folder or the store cannot be used.
  public func run(
    cancellation: Cancellation = Cancellation(), progress: (Stage, Int, Int) -> Void = { _, _, _ in }
  ) throws -> [MergeOutcome] {
    var outcomes: [MergeOutcome] = []
    for shared in try runs() {
      let outcome = try merge(shared, cancellation, progress)
      outcomes.append(outcome)
      if outcome.isInterrupted { break }
    }
    return outcomes
  }

  /// All runs of all sources, in the order of their last sweeps.
  private func runs() throws -> [SharedRun] {
    var runs: [String: SharedRun] = [:]
    func note(_ store: ResultStore, _ source: URL?) throws {
      let times = try store.sweepTimes()
      for record in try store.runs() {
        let swept = times[record.key] ?? ""
        guard source != nil || runs[record.key] != nil else { continue }
        var run = runs[record.key] ?? SharedRun(record: record, swept: swept, sources: [])
        run.record.created = min(run.record.created, record.created)
        run.swept = max(run.swept, swept)
        run.sources += [source].compactMap(\.self)
        runs[record.key] = run
      }
    }
    for source in sources.sorted(by: { $0.path < $1.path }) { try note(ResultStore(source), source) }
    try note(store, nil)
    return runs.values.sorted { ($0.swept, $0.record.key) < ($1.swept, $1.record.key) }
  }

  private func merge(
    _ shared: SharedRun, _ cancellation: Cancellation, _ progress: (Stage, Int, Int) -> Void
  ) throws -> MergeOutcome {
    let runFolder = try RunFolder(folder, store: store, key: shared.record.key)
    defer { withExtendedLifetime(runFolder) {} }
    var target = try MergeTarget(shared.record, in: store)
    var sources: [MergeSource] = []
    for url in shared.sources {
      let other = try ResultStore(url)
      guard let run = try other.runs().first(where: { $0.key == shared.record.key }) else { continue }
      let contents = try other.contents(ofRun: run.id)
      try target.extend(by: contents)
      let numbers = target.promptNumbers(of: contents)
      for prompt in contents.prompts {
        guard let unread = prompt.unread, let id = numbers[prompt.id] else { continue }
        try store.note(unread: unread, ofPrompt: id)
      }
      try store.takeEmbeddings(from: other)
      sources.append(
        try MergeSource(other, contents, isPreferred: isPreferred(other), isWanted: { _ in true }))
    }
    sources.append(
      try MergeSource(
        store, target.contents, folder: folder, isPreferred: isPreferred(store), isWanted: { _ in true }))
    var merge = RunMerge(into: target, of: store, folder: runFolder, sources: sources, copies: copies)
    var isInterrupted = false
    do { try merge.run(cancellation, progress: progress) } catch is CancellationError { isInterrupted = true }
    try store.setSweepTime(shared.swept, ofRun: target.contents.run.id)
    let contents = try store.contents(ofRun: target.contents.run.id)
    var outcome = merge.outcome
    outcome.isInterrupted = isInterrupted
    outcome.count(contents)
    outcome.nullChecks = try NullChecks.update(contents, in: store, openBecause: "not made yet")
    return outcome
  }

  private func isPreferred(_ store: ResultStore) -> Bool {
    preferred.contains(
      URL(fileURLWithPath: store.path).resolvingSymlinksInPath().standardizedFileURL.path)
  }
}
