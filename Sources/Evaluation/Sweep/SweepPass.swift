import Engines
import Machine
import Pictures
import ResultStore
import Scoring
import Tensors

/// Takes the pictures of a run through a sweep's stages, prompt by prompt.
struct SweepPass {
  var outcome: SweepOutcome

  private let sweep: Sweep
  private let folders: PictureFolders
  private let cancellation: Cancellation
  private let report: (SweepEvent) -> Void
  private var tracker = SweepTracker()
  private var making: PictureMaking
  private var adopter: PictureAdopter
  private var toldFailures: Set<String> = []
  private var unscored: Set<Int64> = []
  private var isWarm = false

  init(
    _ sweep: Sweep, _ adopter: PictureAdopter, folders: PictureFolders, run: RunRecord,
    _ cancellation: Cancellation, _ report: @escaping (SweepEvent) -> Void
  ) {
    self.sweep = sweep
    self.adopter = adopter
    self.folders = folders
    self.cancellation = cancellation
    self.report = report
    making = PictureMaking(sweep.engine)
    outcome = SweepOutcome(run: run)
  }

  /// Makes and scores those of `asked` that are not there yet, and makes the null checks that need pictures.
  mutating func run(_ contents: RunContents, asked: [SampleRecord]) throws {
    let ids = Set(asked.map(\.id))
    let checks = PictureChecks(contents, store: sweep.store)
    let first = contents.prompts.first
    let hasFirst = first.map { sweep.shard?.contains($0.text) ?? true } ?? false
    let openChecks = sweep.makesChecks && hasFirst ? checks.open : []
    let samples = Dictionary(grouping: contents.samples, by: \.promptID)
    let seeds = contents.seeds
    let evaluator = Evaluator(contents, scorers: sweep.scorers, store: sweep.store, folders: folders)
    let scores = Dictionary(grouping: contents.scores, by: \.sampleID)
    let differences = Dictionary(grouping: contents.differences, by: \.sampleID)
    let noise = Dictionary(grouping: contents.seedNoise, by: \.promptID)
    outcome.total += ids.count
    tracker.expect(ids.count + openChecks.count)
    do {
      for prompt in contents.prompts where sweep.shard?.contains(prompt.text) ?? true {
        var ofPrompt = samples[prompt.id, default: []]
        for index in Self.order(ofPrompt, of: prompt) where ids.contains(ofPrompt[index].id) {
          ofPrompt[index] = try picture(ofPrompt[index], of: prompt, in: contents)
        }
        try count(
          evaluator.scoreMissing(
            prompt: prompt, samples: ofPrompt, known: ofPrompt.flatMap { scores[$0.id, default: []] },
            differences: ofPrompt.flatMap { differences[$0.id, default: []] }, cancellation: cancellation))
        try evaluator.measureMissingNoise(
          samples: ofPrompt, seeds: seeds, known: noise[prompt.id, default: []],
          cancellation: cancellation)
        guard prompt.id == first?.id else { continue }
        for kind in openChecks { try check(kind, checks, prompt, ofPrompt) }
      }
    } catch is CancellationError {
      outcome.isInterrupted = true
    }
  }

  /// The order in which a prompt's pictures are made: the ratios take turns in being the first of a seed's, which may
  /// take longer for having been first.
  private static func order(_ samples: [SampleRecord], of prompt: PromptRecord) -> [Int] {
    var seeds: [Seed] = []
    var places: [Seed: [Int]] = [:]
    for (index, sample) in samples.enumerated() {
      if places[sample.seed] == nil { seeds.append(sample.seed) }
      places[sample.seed, default: []].append(index)
    }
    return seeds.enumerated().flatMap { turn, seed in
      let own = places[seed, default: []]
      let first = (prompt.position + turn) % own.count
      return own[first...] + own[..<first]
    }
  }

  /// Says once what keeps pictures from being scored.
  private mutating func count(_ scoring: ScoringOutcome) {
    outcome.scored += scoring.scored
    unscored.formUnion(scoring.failures.keys)
    outcome.unscored = unscored.count
    for failure in Set(scoring.failures.values.map(\.description)).sorted()
    where toldFailures.insert(failure).inserted {
      report(.notice("pictures cannot be scored: \(failure)"))
    }
  }

  /// Finds a sample's picture, or makes it.
  private mutating func picture(
    _ sample: SampleRecord, of prompt: PromptRecord, in contents: RunContents
  ) throws -> SampleRecord {
    if let present = try WantedPictures(store: sweep.store, folders: folders).present(sample) {
      outcome.reused += 1
      tracker.found()
      return present
    }
    guard let variant = contents.variants.first(where: { $0.id == sample.variantID }) else { return sample }
    let request = PictureRequest(variant.recipe, prompt: prompt.text, seed: sample.seed)
    try warmUp(request, contents.variants)
    tracker.begin(request, variant: variant.title)
    var unread: [UnreadText] = []
    let result = try making.make(request, observer()) { unread.append($0) }
    for end in unread {
      report(.truncated(prompt: prompt.text, end))
      if end.kind == .prompt { try sweep.store.note(unread: end.words, ofPrompt: prompt.id) }
    }
    let finished =
      switch result {
      case .made(let made):
        try adopter.adopt(made, as: sample, request, name: PictureName.of(prompt, variant, request))
      case .failed(let error): try adopter.refuse(sample, request, because: error)
      }
    outcome.count(finished)
    report(.picture(tracker.end(), finished))
    return finished
  }

  /// Before the first picture that this process makes: no picture's seconds have in them what is done once.
  private mutating func warmUp(_ first: PictureRequest, _ variants: [VariantRecord]) throws {
    guard !isWarm else { return }
    isWarm = true
    guard let words = sweep.engine.warmUp else { return }
    report(.warmingUp(words))
    let merged = variants.filter(\.isMerged)
    let recipes = [
      variants.first { !$0.isMerged }, merged.max { $0.effectiveRatio < $1.effectiveRatio },
    ].compactMap { $0?.recipe }
    do {
      try sweep.engine.warmUp(
        for: recipes.map { PictureRequest($0, prompt: first.prompt, seed: first.seed) },
        PictureObserver(cancellation))
    } catch is EngineError {
      // The picture has the same fault, and says so.
    }
  }

  private mutating func check(
    _ kind: NullCheckRecord.Kind, _ checks: PictureChecks, _ prompt: PromptRecord, _ samples: [SampleRecord]
  ) throws {
    guard let subject = checks.subject(of: kind, prompt, samples) else {
      tracker.skip()
      return
    }
    tracker.begin(subject.request, variant: subject.variant.title)
    let check = try checks.judge(subject, making.make(subject.request, observer()))
    outcome.checksMade += 1
    report(.check(tracker.end(), check))
  }

  /// Tells of steps as they are done.
  private func observer() -> PictureObserver {
    PictureObserver(cancellation) { [tracker, report] in report(.step(tracker.step($0, of: $1))) }
  }
}
