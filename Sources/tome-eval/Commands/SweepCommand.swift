import ArgumentParser
import Comparisons
import Evaluation
import Foundation
import Machine
import Pictures
import Reporting
import ResultStore
import Scoring
import StableDiffusion
import Statistics
import TokenMerging

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Make every prompt's picture at every ratio, score them, and write the report.",
    discussion: """
      Pictures, results and report go to the run's folder. The same command again goes \
      on where it stopped, and does nothing when all is there.

        tome-eval sweep --ratios 0,0.3,0.5,0.7
        tome-eval sweep --limit 4 --seeds 0,1 --steps 10 --output Reports/quick
        tome-eval sweep --merge-variant tomesd,comfyui --sweep max-downsample=1,2
        tome-eval sweep --merge-variant tomesd,todo --factor 2,3
        tome-eval sweep --sweep merge-steps=0-100%,0-60%
        tome-eval sweep --hires-scale 2 --hires-steps 10 --hires-ratios same,0
        tome-eval sweep --lora style.safetensors:0.8 --sweep clip-skip=0,1
        tome-eval sweep --equal-time
        tome-eval sweep --live
        tome-eval sweep --shard 2/4
        tome-eval sweep --engine diffusers --python venv/bin/python
        tome-eval sweep --engine webui --clip clip-vit-large-patch14
        tome-eval sweep --engine sdnext --url http://127.0.0.1:7860
        tome-eval sweep --engine comfyui --workflow workflow_api.json

      The web UI must be started with --api, and its own option Token merging ratio be 0. SD.Next is told of its \
      method ToMe with every picture. ComfyUI gets the workflow with a TomePatchModel node at each ratio, and without \
      one for the unmerged pictures. What none of them can be asked for, such as --sx, is refused. `tome-eval doctor` \
      with the same options says what is at the other end, and whether a ratio changes anything there.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var engine: EngineOptions
  @OptionGroup var scoring: ScorerOptions
  @OptionGroup var prompts: PromptOptions
  @OptionGroup var sampling: SamplingOptionGroup
  @OptionGroup var merging: MergingOptionGroup
  @OptionGroup var store: StoreOptions
  @OptionGroup var sharding: ShardOptions

  @Option(help: ArgumentHelp("Shares of the tokens to merge, 0 to 1.", valueName: "r,r,…"))
  var ratios = CommaSeparated<Double>([0, 0.3, 0.5, 0.7])

  @Option(
    help: ArgumentHelp(
      "Ratios of the second pass that --hires-scale adds, each with every one of --ratios: same, or shares of the tokens "
        + "(default: same, that of the first pass).", valueName: "r,r,…"))
  var hiresRatios: String?

  @Option(
    help: ArgumentHelp(
      "Seeds, 0 to 2⁶⁴−1; each makes a picture of every prompt (default: 0; 0,1 with \(Recommendation.minimumPrompts) "
        + "prompts or more where both take no more than \(Int(SeedChoice.teraOperations)) TFLOP, which the model's size "
        + "decides, and no service is asked).", valueName: "n,n,…"))
  var seeds: CommaSeparated<Seed>?

  @Option(
    help: ArgumentHelp(
      "Whose merging rule, one or several: tomesd, webui (SD.Next too) draws nothing, comfyui merges queries "
        + "only, todo (Token Downsampling) thins keys and values (default: tomesd; that of the engine with webui, "
        + "sdnext and comfyui).", valueName: "v,v,…"))
  var mergeVariant: String?

  @Option(
    help: ArgumentHelp(
      "For todo, instead of --ratios: by how much keys and values are thinned along both sides; 2 is a ratio of "
        + "0.75, 3 of 0.8889.", valueName: "f,f,…"))
  var factor: CommaSeparated<Double>?

  @Option(
    name: .customLong("sweep"),
    help: ArgumentHelp(
      "Vary something else too, in all combinations: "
        + SweepAxis.Name.allCases.map(\.rawValue).joined(separator: ", ")
        + "; as in --sweep steps=10,20. Takes the place of the option of that name; may be repeated.",
      valueName: "axis=v,v,…"))
  var axes: [String] = []

  @Flag(
    help: ArgumentHelp(
      "Run the unmerged model too, with as many steps as fit into the time that each ratio takes."))
  var equalTime = false

  @Flag(help: "Don't make the two pictures that check whether the run can be believed.")
  var noChecks = false

  @Flag(help: "Write the report while the sweep runs, too; the page loads itself again.")
  var live = false

  @Flag(help: "Print what was done as JSON.")
  var json = false

  func validate() throws {
    try engine.check(sampling.syntax)
    if sampling.hires.hiresScale != nil && equalTime {
      throw ValidationError("--equal-time fits the steps of one pass; leave out --hires-scale")
    }
    if sampling.hires.hiresScale == nil && hiresRatios != nil {
      throw ValidationError(
        "--hires-ratios are of a second pass; add one with --hires-scale, as in --hires-scale 2")
    }
    _ = try sharding.resolved()
    try sharding.refuse([
      (
        name: "equal-time", isGiven: equalTime,
        reason: "it goes by the times of all shards; merge them, then give the same command it and no --shard"
      ),
      (
        name: "store", isGiven: store.store != nil, reason: "every shard has a store of its own in its folder"
      ),
      (name: "live", isGiven: live, reason: "the report is written when the shards are merged"),
    ])
    if engine.engine == .builtin { try model.processor.check(sampling.precision) }
    guard engine.engine.isService else { return }
    try engine.refuse(model.modelOptions + sampling.ownOptions + merging.fixedOptions)
    try engine.refuse([
      (name: "no-rand", isGiven: merging.noRand && engine.engine == .comfyui),
      // It goes by the seconds of denoising alone.
      (name: "equal-time", isGiven: equalTime),
    ])
    let settable: Set<SweepAxis.Name> = [.mergeVariant, .steps, .scheduler]
    let axes = try self.axes.map { try SweepAxis($0).name }
    try engine.refuse(axes.map { (name: "sweep \($0.rawValue)", isGiven: !settable.contains($0)) })
  }

  func run() throws {
    let promptSet = try prompts.promptSet()
    let named = [("merge-variant", mergeVariant), ("hires-ratio", hiresRatios)].compactMap { name, values in
      values.map { "\(name)=\($0)" }
    }
    let axes = try (named + self.axes).map { try SweepAxis($0) }
    if engine.engine == .builtin {
      if let estimate = try PictureEstimate(model, sampling) { Terminal.log("\(estimate)") }
      sampling.warn()
    }
    var merging = try self.merging.options(ratio: 0)
    merging.variant = engine.engine.mergeVariant
    let isService = engine.engine.isService
    let shard = try sharding.resolved()
    let folder = shard.map { ShardFolders.folder(of: $0, in: store.folder) } ?? store.folder
    let engine = try self.engine.load(model, precision: sampling.precision, folder: folder)
    func made(of seeds: [Seed]) throws -> SweepPlan {
      try SweepPlan(
        promptSet: promptSet, engine: engine, wish: sampling.wish, merging: merging,
        axes: axes, ratios: ratios.values, factors: factor?.values ?? [], seeds: seeds)
    }
    var plan = try made(of: seeds?.values ?? SeedChoice.one)
    if seeds == nil, self.engine.engine == .builtin, let choice = try SeedChoice(plan, model) {
      Terminal.log("\(choice)")
      if choice.seeds != plan.seeds { plan = try made(of: choice.seeds) }
    }
    for notice in plan.notices { Terminal.warn(notice) }
    let scorers = try scoring.load(clip: model.loadClip(hasModel: !isService))
    let results = try store.openStore(.creating, in: folder)
    var sweep = Sweep(
      plan: plan, engine: engine, scorers: scorers, store: results, folder: folder,
      commandLine: StoredCommandLine.text, toolVersion: Self.version)
    sweep.makesChecks = !noChecks
    sweep.equalTime = equalTime
    sweep.shard = shard
    sweep.neighbours = ShardFolders.neighbours(of: shard, in: store.folder)
    let cancellation = Cancellation()
    let trap = InterruptTrap(cancellation)
    let progress = ProgressReporter()
    defer { progress.finish() }
    let folders = PictureFolders(store: results.folder, output: folder)
    let liveReport = live ? LiveReport(store: results, folders: folders) : nil
    let outcome: SweepOutcome
    do {
      outcome = try sweep.run(cancellation: cancellation) { event in
        progress.report(event)
        liveReport?.follow(event)
      }
    } catch {
      liveReport?.end()
      throw error
    }
    progress.finish()
    withExtendedLifetime(trap) {}
    if let shard {
      try finish(outcome, shard, folder: folder)
    } else {
      try finish(
        outcome,
        results.contents(ofRun: outcome.run.id, withEmbeddings: true, withExplanations: true), folders)
    }
    if outcome.isInterrupted { throw ExitCode.interrupted }
    if outcome.failed + outcome.unscored > 0 { throw ExitCode.failedPictures }
  }

  /// The version, and the commit where it is known.
  static var version: String {
    ToolCheckout.commit.map { "\(toolVersion) (checkout at \($0.prefix(12)))" } ?? toolVersion
  }

  /// A part of a run has no report.
  private func finish(_ outcome: SweepOutcome, _ shard: Shard, folder: URL) throws {
    warn(outcome.nullChecks)
    if json { return try Terminal.printJSON(SweepSummary(outcome, folder: folder.path, report: nil)) }
    Terminal.log("shard \(shard): \(outcome.sentence)")
    try Terminal.print("when all shards are done: tome-eval merge --output \(store.output)")
  }

  private func warn(_ checks: [NullCheckRecord]) {
    for check in checks where check.outcome == .failed {
      Terminal.warn("null check failed: \(check.detail)")
    }
  }

  private func finish(
    _ outcome: SweepOutcome, _ contents: RunContents, _ folders: PictureFolders
  ) throws {
    warn(outcome.nullChecks)
    let comparison = Comparison(contents)
    let page = try Report(sources: [.init(comparison, folders: folders)])
      .write(to: store.folder)
    if json {
      try Terminal.printJSON(SweepSummary(outcome, folder: store.folder.path, report: page.path))
    } else {
      Terminal.log(outcome.sentence)
      try Terminal.printFormatted(
        comparison.table(hasColors: Terminal.hasColors, width: Terminal.resultColumns))
      try Terminal.print("report: \(page.path)")
    }
  }
}
