import Checkpoints
public import Foundation
import Images
public import ResultStore
public import StableDiffusion

/// Makes what a plan asks for and is not there yet, and scores it: pictures under the
/// run's folder, their rows in the store.
///
/// A picture's file is on disk before its row says so, thus a sweep that was interrupted
/// anywhere goes on where it stopped, and one that is complete does nothing.
public struct Sweep: Sendable {
  public let plan: SweepPlan
  public let pipeline: DiffusionPipeline
  public let sampling: SamplingOptions
  public let clip: CLIPScorer?
  public let lpips: LPIPSScorer?
  /// Whether the null checks that need a picture of their own are made.
  public let makesChecks: Bool
  public let store: ResultStore
  /// The run's folder.
  public let folder: URL
  /// Whether the unmerged model also runs with fewer steps, as many as fit into the time
  /// that each ratio was measured to take. Decided once per run.
  public var equalTime = false

  public init(
    plan: SweepPlan, pipeline: DiffusionPipeline, sampling: SamplingOptions, clip: CLIPScorer?,
    lpips: LPIPSScorer? = nil, makesChecks: Bool = true, store: ResultStore, folder: URL
  ) {
    self.plan = plan
    self.pipeline = pipeline
    self.sampling = sampling
    self.clip = clip
    self.lpips = lpips
    self.makesChecks = makesChecks
    self.store = store
    self.folder = folder
  }

  /// - Returns: what was done, also after a stop that `cancellation` asked for.
  /// - Throws: ``EvaluationError``, `StoreError` or `ImageError` when the folder or the store
  ///   cannot be used. What goes wrong with one picture is stored with it instead.
  public func run(
    _ run: RunRecord, cancellation: Cancellation = Cancellation(),
    progress report: @escaping (SweepEvent) -> Void = { _ in }
  ) throws -> SweepOutcome {
    let lock = try prepareFolder()
    defer { withExtendedLifetime(lock) {} }
    var run = run
    (run.lpipsName, run.lpipsFingerprint) = (lpips?.identity.name, lpips?.identity.fingerprint)
    let contents = try store.begin(
      run, prompts: plan.promptRecords, variants: plan.variants, seeds: plan.settings.seeds
    ) { prompt, variant, seed in
      identity(run, prompt, variant, seed).contentKey
    }
    var outcome = SweepOutcome(run: contents.run)
    var tracker = SweepTracker()
    try make(contents.samples, of: contents, &outcome, &tracker, cancellation, report)
    if equalTime, !outcome.isInterrupted, let more = try addEqualTime(contents.run, report) {
      try make(more.samples, of: more.contents, &outcome, &tracker, cancellation, report)
    }
    outcome.nullChecks = try NullChecks.update(
      store.contents(ofRun: contents.run.id), in: store, makesChecks: makesChecks)
    return outcome
  }

  /// Makes and scores those of `samples` that are not there yet, and the null checks that need pictures.
  private func make(
    _ samples: [SampleRecord], of contents: RunContents, _ outcome: inout SweepOutcome,
    _ tracker: inout SweepTracker, _ cancellation: Cancellation, _ report: @escaping (SweepEvent) -> Void
  ) throws {
    let evaluator = Evaluator(clip: clip, lpips: lpips, store: store, folder: folder)
    let baselineID = contents.variants.first(where: \.isBaseline)?.id ?? 0
    let known = Dictionary(grouping: contents.scores, by: \.sampleID).mapValues { Set($0.map(\.metric)) }
    let asked = Set(samples.map(\.id))
    let samples = Dictionary(grouping: contents.samples, by: \.promptID)
    let noise = Dictionary(grouping: contents.seedNoise, by: \.promptID)
    let checks = PictureChecks(contents, pipeline: pipeline, sampling: sampling, store: store, folder: folder)
    let openChecks = makesChecks ? checks.open : []
    outcome.total += asked.count
    tracker.expect(asked.count + openChecks.count)
    do {
      for prompt in contents.prompts {
        var ofPrompt = samples[prompt.id, default: []]
        var known = known
        var maker: PictureMaker?
        for index in ofPrompt.indices where asked.contains(ofPrompt[index].id) {
          guard !isPresent(ofPrompt[index]) else {
            outcome.reused += 1
            tracker.found()
            continue
          }
          guard let variant = contents.variants.first(where: { $0.id == ofPrompt[index].variantID }) else {
            continue
          }
          let current = maker ?? PictureMaker(pipeline, prompt: prompt.text, options: sampling)
          if maker == nil, current.isTruncated { report(.truncated(prompt: prompt.text)) }
          maker = current
          tracker.begin(
            prompt: prompt.text, variant: variant.title, seed: ofPrompt[index].seed, steps: steps(variant))
          ofPrompt[index] = try sample(
            ofPrompt[index], run: contents.run, prompt, variant, current, cancellation
          ) { report(.step(tracker.step($0))) }
          known[ofPrompt[index].id] = nil
          outcome.count(ofPrompt[index])
          report(.picture(tracker.end(), ofPrompt[index]))
        }
        outcome.scored += try evaluator.scoreMissing(
          prompt: prompt, samples: ofPrompt, baselineID: baselineID, known: known, cancellation: cancellation)
        try evaluator.measureMissingNoise(
          samples: ofPrompt, baselineID: baselineID, seeds: plan.settings.seeds,
          known: noise[prompt.id, default: []], cancellation: cancellation)
        guard prompt.id == contents.prompts.first?.id else { continue }
        for kind in openChecks {
          let made = try checks.make(
            kind, prompt, ofPrompt, cancellation,
            willMake: { tracker.begin(prompt: prompt.text, variant: $0.title, seed: $1, steps: steps($0)) },
            didStep: { report(.step(tracker.step($0))) })
          guard let made else {
            tracker.skip()
            continue
          }
          outcome.checksMade += 1
          report(.check(tracker.end(), made))
        }
      }
    } catch is CancellationError {
      outcome.isInterrupted = true
    }
  }

  /// Decides on the variants of equal time where that was not done yet.
  /// - Returns: the samples that this adds, and all that the run holds then; nil for none.
  private func addEqualTime(
    _ run: RunRecord, _ report: (SweepEvent) -> Void
  ) throws -> (samples: [SampleRecord], contents: RunContents)? {
    let contents = try store.contents(ofRun: run.id)
    guard !contents.variants.contains(where: { $0.equalTimeRatio != nil }) else { return nil }
    let decided = EqualTime(contents)
    for notice in decided.notices { report(.notice(notice)) }
    guard !decided.variants.isEmpty else { return nil }
    let extended = try store.add(decided.variants, toRun: run.id, seeds: run.settings.seeds) {
      identity(run, $0, $1, $2).contentKey
    }
    let known = Set(contents.samples.map(\.id))
    return (extended.samples.filter { !known.contains($0.id) }, extended)
  }

  private func steps(_ variant: VariantRecord) -> Int { variant.steps ?? plan.settings.steps }

  /// Makes one picture, writes its file and then its row.
  private func sample(
    _ pending: SampleRecord, run: RunRecord, _ prompt: PromptRecord, _ variant: VariantRecord,
    _ maker: PictureMaker, _ cancellation: Cancellation, didStep: (Int) -> Void
  ) throws -> SampleRecord {
    var sample = SampleRecord(
      id: pending.id, promptID: pending.promptID, variantID: pending.variantID, seed: pending.seed,
      contentKey: pending.contentKey)
    do {
      let made = try maker.picture(
        seed: sample.seed, merging: variant.merging, steps: steps(variant), cancellation: cancellation,
        didStep: didStep)
      let start = ContinuousClock.now
      let metadata = PictureMetadata(
        identity: identity(run, prompt, variant, sample.seed), modelName: run.modelName)
      let png = try PNGCodec.encode(made.image, text: metadata.textChunks)
      let path = imagePath(prompt, variant, sample)
      try AtomicFile.write(png, to: folder.appendingPathComponent(path))
      let stages = made.stageSeconds(write: start.secondsSince)
      sample.state = .done
      sample.imagePath = path
      sample.imageHash = SHA256.hex(of: png)
      sample.latentsHash = made.latentsHash
      sample.seconds = stages.total
      sample.secondsPerStep = made.secondsPerStep
      sample.stageSeconds = stages
      sample.peakMemoryBytes = made.peakMemoryBytes
      sample.mergeStatistics = made.mergeStatistics
    } catch let error as EvaluationError {
      sample.state = .failed
      sample.error = "\(error)"
    }
    try store.update(sample)
    return sample
  }

  private func identity(
    _ run: RunRecord, _ prompt: PromptRecord, _ variant: VariantRecord, _ seed: Int
  ) -> PictureIdentity {
    PictureIdentity(
      modelFingerprint: run.modelFingerprint, prompt: prompt.text, seed: seed, settings: plan.settings,
      merging: variant.merging, steps: steps(variant))
  }

  private func imagePath(_ prompt: PromptRecord, _ variant: VariantRecord, _ sample: SampleRecord) -> String {
    let digits = "\(prompt.row)"
    let row = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return "images/\(row)-s\(sample.seed)-r\(variant.fileLabel)-\(sample.contentKey.prefix(8)).png"
  }

  /// Whether the sample's picture is on disk as it was written.
  private func isPresent(_ sample: SampleRecord) -> Bool {
    guard sample.state == .done, let path = sample.imagePath,
      let data = FileManager.default.contents(atPath: folder.appendingPathComponent(path).path)
    else { return false }
    return SHA256.hex(of: [UInt8](data)) == sample.imageHash
  }

  /// Makes the folder, takes its lock and clears away files that a killed sweep left half written.
  private func prepareFolder() throws -> FolderLock {
    let images = folder.appendingPathComponent("images")
    do {
      try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
    } catch {
      throw EvaluationError.unwritable(path: images.path, reason: error.localizedDescription)
    }
    let lock = try FolderLock(folder)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: images.path)) ?? []
    for name in names where name.hasPrefix(".") && name.hasSuffix(".tmp") {
      try? FileManager.default.removeItem(at: images.appendingPathComponent(name))
    }
    return lock
  }
}
