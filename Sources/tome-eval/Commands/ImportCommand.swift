import ArgumentParser
import Comparisons
import Evaluation
import Foundation
import Importing
import Machine
import Pictures
import PromptSets
import Reporting
import ResultStore
import Scoring
import Wording

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Score and compare pictures that were made elsewhere.",
    discussion: """
      Takes folders of pictures, single pictures, and manifests. What a picture shows and how it was made is read from \
      what the web UI, ComfyUI and this tool write into their PNG, JPEG and WebP files (or a .txt beside them), from a \
      manifest, or from the files' names with --layout. A manifest is CSV, TSV or JSON lines (.jsonl) with the columns \
      path, prompt, seed and ratio, and as many as are known of seconds, steps, guidance_scale, scheduler, model, \
      negative_prompt, clip_skip, category, challenge and the arguments of tomesd. A folder with manifest.csv in it is \
      read by it.

      Every merged picture is compared with the unmerged one (ratio 0) of the same prompt, seed and settings. Pictures \
      below --output stay where they are, others are copied there; the same import again adds what is new.

        tome-eval import outputs/txt2img-images --output outputs --dry-run
        tome-eval import pictures/manifest.csv --clip clip-vit-large-patch14 --output Reports/mine
        tome-eval import renders --layout "{ratio}/{row}-{seed}.png" --prompts prompts.txt --output Reports/mine
      """)

  @Argument(
    help: ArgumentHelp("Folders, manifests and pictures.", valueName: "path"), completion: .file())
  var paths: [String]

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp(
      "What the pictures' paths say, of {ratio}, {row}, {seed}, {prompt} and {steps}; * is anything.",
      valueName: "pattern"))
  var layout: String?

  @Option(
    help: ArgumentHelp(
      "The prompts that {row} of --layout counts: mini, full or a file.", valueName: "mini|full|file"))
  var prompts: String?

  @Option(
    help: ArgumentHelp(
      "A CLIP folder that scores, as transformers saves it; repeatable, the first counts.", valueName: "dir"),
    completion: .directory)
  var clip: [String] = []

  @OptionGroup var scoring: ScorerOptions

  @Option(help: ArgumentHelp("What the run is called, apart from others with the same settings."))
  var name: String?

  @Option(help: ArgumentHelp("The model's name, where the pictures don't tell.", valueName: "name"))
  var modelName: String?

  @Option(help: ArgumentHelp("Denoising steps, where the pictures don't tell.", valueName: "n"))
  var steps: Int?

  @Option(help: ArgumentHelp("The guidance scale, where the pictures don't tell.", valueName: "w"))
  var guidanceScale: Double?

  @Option(help: ArgumentHelp("The sampling method, where the pictures don't tell.", valueName: "name"))
  var scheduler: String?

  @Flag(help: "Copy all pictures into the run's folder.")
  var copy = false

  @Flag(help: "Only say what would be imported.")
  var dryRun = false

  @OptionGroup var processor: ProcessorOptions

  @Flag(help: "Print what was done as JSON.")
  var json = false

  func validate() throws {
    if let steps { try OptionRange.check("steps", steps, OptionRange.steps) }
    if prompts != nil && layout == nil {
      throw ValidationError("--prompts says what {row} of --layout counts; pass --layout, too")
    }
  }

  func run() throws {
    try processor.use()
    let cancellation = Cancellation()
    let trap = InterruptTrap(cancellation)
    let layout = try self.layout.map { try FileLayout($0, prompts: prompts.map(PromptOptions.set)) }
    let sources = try PictureSources(paths.map { URL(fileURLWithPath: $0) }, layout: layout)
    let (pictures, unread) = try read(sources.pictures, cancellation)
    let plan = ImportPlan(pictures, defaults: defaults)
    let summary = ImportSummary(plan, problems: sources.problems + unread)
    summary.logProblems()
    guard !plan.runs.isEmpty else { throw NothingToImport() }
    if dryRun {
      try json ? Terminal.printJSON(summary) : Terminal.printFormatted(summary.table)
      return
    }
    let outcomes = try take(plan, cancellation)
    withExtendedLifetime(trap) {}
    try finish(outcomes, summary)
  }

  private func read(_ pictures: [NamedPicture], _ cancellation: Cancellation) throws -> (
    [ReadPicture], [ImportProblem]
  ) {
    let progress = CountProgress("reading")
    defer { progress.finish() }
    do {
      return try PictureReading.read(
        pictures, isCancelled: { cancellation.isRequested }, progress: progress.show)
    } catch is CancellationError {
      throw ExitCode.interrupted
    }
  }

  private var defaults: PictureFacts {
    var facts = PictureFacts()
    (facts.modelName, facts.steps, facts.guidanceScale) = (modelName, steps, guidanceScale)
    facts.scheduler = scheduler.map { SchedulerName(rawValue: $0) }
    return facts
  }

  private func take(_ plan: ImportPlan, _ cancellation: Cancellation) throws -> [ImportOutcome] {
    let scorers = try scoring.load(
      clip: clip.map { path in
        let folder = URL(fileURLWithPath: path, isDirectory: true)
        return try CLIPScorer(folder, name: folder.lastPathComponent)
      })
    if scorers.clip.isEmpty {
      Terminal.warn("no CLIP checkpoint: CLIP scores are left out; pass one with --clip DIR")
    }
    let results = try store.openStore(.creating)
    var outcomes: [ImportOutcome] = []
    for run in plan.runs {
      let pictures = PictureImport(
        run, name: name, source: paths.joined(separator: " "), scorers: scorers, store: results,
        folder: store.folder, copies: copy, commandLine: CommandLine.arguments.joined(separator: " "),
        toolVersion: SweepCommand.version)
      let (taking, scoring) = (CountProgress("taking"), CountProgress("scoring"))
      defer { scoring.finish() }
      outcomes.append(
        try pictures.run(cancellation: cancellation) { stage, done, total in
          (stage == .taking ? taking : scoring).show(done, total)
        })
      if outcomes.last?.isInterrupted == true { break }
    }
    return outcomes
  }

  private func finish(_ outcomes: [ImportOutcome], _ summary: ImportSummary) throws {
    for conflict in outcomes.flatMap(\.conflicts) { Terminal.warn(conflict) }
    guard let last = outcomes.last else { return }
    let results = try store.openStore()
    let comparison = Comparison(
      try results.contents(ofRun: last.run.id, withEmbeddings: true, withExplanations: true))
    let folders = PictureFolders(store: results.folder, output: store.folder)
    let page = try Report(sources: [.init(comparison, folders: folders)]).write(to: store.folder)
    if json {
      try Terminal.printJSON(summary.with(outcomes, report: page.path))
    } else {
      for outcome in outcomes { Terminal.log(outcome.sentence) }
      if outcomes.count > 1 { Terminal.log("the report is of run \(last.run.name); --run names another") }
      try Terminal.printFormatted(
        comparison.table(hasColors: Terminal.hasColors, width: Terminal.resultColumns))
      try Terminal.print("report: \(page.path)")
    }
    if outcomes.contains(where: \.isInterrupted) { throw ExitCode.interrupted }
    let isWhole = summary.left == 0 && outcomes.allSatisfy { $0.conflicts.isEmpty && $0.unscored == 0 }
    if !isWhole { throw ExitCode.failedPictures }
  }
}

/// There are pictures, but none that can be compared.
struct NothingToImport: Error, CustomStringConvertible {
  var description: String {
    "no merged picture has an unmerged partner: nothing to compare; the lines above say what each lacks"
  }
}
