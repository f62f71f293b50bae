import Foundation
import Machine
import Pictures
import ResultStore

/// Takes what other stores have of a run: files first, then their rows, then scores and answers of checks.
struct RunMerge {
  private(set) var outcome: MergeOutcome
  private(set) var target: MergeTarget
  let store: ResultStore
  private let files: MergedFile
  /// The preferred ones first, then by their paths.
  let sources: [MergeSource]
  /// Which of ``sources`` is the store that is merged into.
  let ownIndex: Int?

  /// Pictures whose rows are stored in one transaction.
  private static let batch = 500

  /// - Parameters:
  ///   - target: has the samples of all sources
  ///   - sources: in any order. Where the store itself is one of them, its pictures are chosen by the same rule as the
  ///     others', and conflicts are looked for; otherwise only what it lacks is taken.
  init(
    into target: MergeTarget, of store: ResultStore, folder: RunFolder, sources: [MergeSource], copies: Bool
  ) {
    self.target = target
    self.store = store
    files = MergedFile(store: store, folder: folder, copies: copies)
    self.sources = sources.sorted { ($0.isPreferred ? 0 : 1, $0.path) < ($1.isPreferred ? 0 : 1, $1.path) }
    ownIndex = self.sources.firstIndex { $0.path == store.path }
    outcome = MergeOutcome(run: target.contents.run)
  }

  /// - Parameter progress: told how many pictures a stage has dealt with
  /// - Throws: `StoreError` and `ImageError` when a store or the folder cannot be used, `CancellationError`; what was
  ///   taken until then is stored.
  mutating func run(_ cancellation: Cancellation, progress: (StoreMerge.Stage, Int, Int) -> Void) throws {
    let choices = try choose(cancellation, progress)
    try take(choices, cancellation, progress)
    if ownIndex != nil { try noteFailures() }
    try target.refresh()
    let scorers = sources.enumerated().filter { $0.offset != ownIndex }.flatMap(\.element.contents.scorers)
    target.setScorers(try store.append(scorers, toRun: target.contents.run.id))
    try takeScores()
    try takeExplanations()
    try takeChecks()
    try takeVotes()
  }

  // MARK: - Pictures

  private typealias Candidate = MergeChoice.Candidate

  private mutating func choose(
    _ cancellation: Cancellation, _ progress: (StoreMerge.Stage, Int, Int) -> Void
  ) throws -> [(index: Int, candidate: Candidate)] {
    var candidates: [[Candidate]] = Array(repeating: [], count: target.contents.samples.count)
    for (number, source) in sources.enumerated() {
      let begins = Dictionary(
        source.contents.executions.map { ($0.id, $0.began) }, uniquingKeysWith: { first, _ in first })
      for (sample, index) in zip(source.contents.samples, target.indices(of: source.contents)) {
        guard let index, sample.state == .done, let picture = sample.picture else { continue }
        let began = sample.executionID.flatMap { begins[$0] } ?? .distantFuture
        candidates[index].append(
          Candidate(source: number, sample: sample, picture: picture, began: began))
      }
    }
    var choices: [(Int, Candidate)] = []
    for (index, ofSample) in candidates.enumerated() where !ofSample.isEmpty {
      try cancellation.check()
      progress(.checking, index, candidates.count)
      if let candidate = choose(ofSample, for: index) { choices.append((index, candidate)) }
    }
    return choices
  }

  /// - Returns: nil where the run has the picture, or no store has it.
  private mutating func choose(_ candidates: [Candidate], for index: Int) -> Candidate? {
    let own = target.contents.samples[index]
    if ownIndex == nil, own.state == .done, let picture = own.picture,
      files.folder.folders.state(of: picture) == .stored
    {
      return nil
    }
    let choice = MergeChoice(candidates, sources: sources, looksAtAll: ownIndex != nil)
    guard let chosen = choice.chosen else {
      outcome.damages += choice.damaged.map { candidate, state in
        .init(store: sources[candidate.source].path, path: candidate.picture.path, state: state)
      }
      return nil
    }
    for other in choice.others(sources: sources) {
      outcome.conflicts.append(
        .init(
          subject: subject(own), kept: sources[chosen.source].path, left: sources[other.source].path))
    }
    let hasIt = choice.intact.contains {
      $0.source == ownIndex && $0.picture.fileHash == chosen.picture.fileHash
    }
    if hasIt { outcome.known += 1 }
    return hasIt ? nil : chosen
  }

  private func subject(_ sample: SampleRecord) -> String {
    let prompt = target.contents.prompts.first { $0.id == sample.promptID }
    let variant = target.contents.variants.first { $0.id == sample.variantID }
    return "\(prompt?.text ?? ""), \(variant?.title ?? ""), seed \(sample.seed)"
  }

  private mutating func take(
    _ choices: [(index: Int, candidate: Candidate)], _ cancellation: Cancellation,
    _ progress: (StoreMerge.Stage, Int, Int) -> Void
  ) throws {
    let contents = target.contents
    let prompts = Dictionary(uniqueKeysWithValues: contents.prompts.map { ($0.id, $0) })
    let variants = Dictionary(uniqueKeysWithValues: contents.variants.map { ($0.id, $0) })
    let executions = try executionNumbers(choices.map(\.candidate))
    for start in stride(from: 0, to: choices.count, by: Self.batch) {
      var rows: [FinishedPicture] = []
      for (index, candidate) in choices[start..<min(start + Self.batch, choices.count)] {
        try cancellation.check()
        let (source, own) = (sources[candidate.source], contents.samples[index])
        guard let prompt = prompts[own.promptID], let variant = variants[own.variantID],
          let file = try? source.folders.url(of: candidate.picture)
        else { continue }
        guard let taken = try files.take(file, candidate.picture, as: own, prompt, variant) else {
          outcome.damages.append(
            .init(store: source.path, path: candidate.picture.path, state: .replaced))
          continue
        }
        if taken.isLink { outcome.linked += 1 }
        let execution = candidate.sample.executionID.flatMap {
          executions[Execution(source: candidate.source, number: $0)]
        }
        rows.append(
          FinishedPicture(
            candidate.sample.moved(to: own, execution: execution), taken.picture,
            blocks: source.blocks[candidate.sample.id] ?? [:]))
        progress(.taking, start + rows.count, choices.count)
      }
      guard !rows.isEmpty else { continue }
      try files.folder.syncPictures()
      try store.adopt(rows)
      outcome.taken += rows.count
    }
  }

  private struct Execution: Hashable {
    let source: Int
    let number: Int64
  }

  /// The numbers of those who made the pictures, in this store; in the order in which they began.
  private func executionNumbers(_ candidates: [Candidate]) throws -> [Execution: Int64] {
    let wanted = Set(
      candidates.compactMap { candidate in
        candidate.sample.executionID.map { Execution(source: candidate.source, number: $0) }
      })
    let records = wanted.compactMap { execution in
      sources[execution.source].contents.executions.first { $0.id == execution.number }.map {
        (execution, $0)
      }
    }.sorted { ($0.1.began, $0.0.source, $0.0.number) < ($1.1.began, $1.0.source, $1.0.number) }
    var numbers: [Execution: Int64] = [:]
    for (execution, record) in records {
      numbers[execution] = try store.number(of: record, ofRun: target.contents.run.id)
    }
    return numbers
  }

  /// Stores why pictures are missing that nobody has, where somebody tried.
  private func noteFailures() throws {
    let pending = try store.contents(ofRun: target.contents.run.id).samples.map { $0.state == .pending }
    var errors: [Int: String] = [:]
    for source in sources {
      for (sample, index) in zip(source.contents.samples, target.indices(of: source.contents)) {
        guard let index, sample.state == .failed, pending[index], let error = sample.error else { continue }
        errors[index] = min(errors[index] ?? error, error)
      }
    }
    for (index, error) in errors.sorted(by: { $0.key < $1.key }) {
      var sample = target.contents.samples[index]
      (sample.state, sample.error) = (.failed, error)
      try store.update(sample)
    }
  }

  // MARK: - What is known of them

  /// Takes scores, differences and distances of the pictures that are here now, and against those that are their
  /// baselines.
  private func takeScores() throws {
    let contents = target.contents
    let baselines = contents.baselines.compactMapValues { $0.picture?.fileHash }
    var slots = Set(contents.scores.map(\.slot))
    var noiseSlots = Set(contents.seedNoise.map(\.slot))
    var measured = Set(contents.differences.map(\.sampleID))
    for (number, source) in sources.enumerated() where number != ownIndex {
      let scorers = target.scorerNumbers(of: source.contents)
      let indices = Dictionary(
        uniqueKeysWithValues: zip(source.contents.samples.map(\.id), target.indices(of: source.contents)))
      var batch = ScoreBatch()
      for var score in source.contents.scores {
        guard let index = indices[score.sampleID] ?? nil, let scorer = scorers[score.scorerID] else {
          continue
        }
        let sample = contents.samples[index]
        (score.sampleID, score.scorerID) = (sample.id, scorer)
        guard sample.picture?.fileHash == score.picture,
          score.reference == nil || score.reference == baselines[sample.place],
          slots.insert(score.slot).inserted
        else { continue }
        batch.scores.append(score)
      }
      for var difference in source.contents.differences {
        guard let index = indices[difference.sampleID] ?? nil else { continue }
        let sample = contents.samples[index]
        difference.sampleID = sample.id
        guard sample.picture?.fileHash == difference.picture,
          baselines[sample.place] == difference.reference, measured.insert(sample.id).inserted
        else { continue }
        batch.differences.append(difference)
      }
      let prompts = target.promptNumbers(of: source.contents)
      for var noise in source.contents.seedNoise {
        guard let prompt = prompts[noise.promptID], let scorer = scorers[noise.scorerID] else { continue }
        (noise.promptID, noise.scorerID) = (prompt, scorer)
        guard baselines[.init(promptID: prompt, seed: noise.seedA)] == noise.picture,
          baselines[.init(promptID: prompt, seed: noise.seedB)] == noise.reference,
          noiseSlots.insert(noise.slot).inserted
        else { continue }
        batch.seedNoise.append(noise)
      }
      try store.save(batch)
    }
  }

  /// Takes what was seen of the making of the pictures that are here now, and those that were not looked into here.
  private func takeExplanations() throws {
    let contents = target.contents
    var known = Set(try store.explanations(ofRun: contents.run.id).keys)
    // What several stores have is the one's that looked in more detail, whatever their order.
    var found: [Int64: Explanation] = [:]
    for (number, source) in sources.enumerated() {
      for (sample, index) in zip(source.contents.samples, target.indices(of: source.contents)) {
        guard let index, let explanation = source.explanations[sample.id] else { continue }
        let own = contents.samples[index]
        guard own.state == .done, own.picture?.fileHash == sample.picture?.fileHash else { continue }
        if number == ownIndex { known.remove(own.id) }
        if let other = found[own.id], !explanation.isRicher(than: other) { continue }
        found[own.id] = explanation
      }
    }
    try store.save(found.filter { !known.contains($0.key) })
  }

  /// Takes the answers of the checks that make a picture of their own; of several answers the worst.
  private func takeChecks() throws {
    let severity: [NullCheckRecord.Outcome] = [.failed, .noted, .passed]
    let theirs = sources.enumerated().filter { $0.offset != ownIndex }.flatMap { _, source in
      let variants = target.variantNumbers(of: source.contents)
      return source.contents.nullChecks.map { check in
        var check = check
        check.runID = target.contents.run.id
        check.variantID = check.variantID.flatMap { variants[$0] }
        return check
      }
    }
    let answers = target.contents.nullChecks + theirs
    let checks = NullCheckRecord.Kind.allCases.filter(\.needsPicture).compactMap { kind in
      severity.lazy.compactMap { outcome in
        answers.first { ($0.kind, $0.outcome) == (kind, outcome) }
      }.first
    }
    try store.save(checks, ofRun: target.contents.run.id)
  }
}

extension SampleRecord {
  /// What is known of a picture's making, as of another store's sample.
  /// - Parameter execution: the number that the store has for it
  fileprivate func moved(to own: SampleRecord, execution: Int64?) -> SampleRecord {
    var sample = self
    (sample.id, sample.promptID, sample.variantID) = (own.id, own.promptID, own.variantID)
    (sample.contentKey, sample.executionID) = (own.contentKey, execution)
    return sample
  }
}
