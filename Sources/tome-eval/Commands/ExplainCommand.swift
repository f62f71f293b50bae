import ArgumentParser
import Comparisons
import Engines
import Evaluation
import Foundation
import Machine
import Pictures
import ResultStore
import Wording

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Make some of a run's pictures again to see which tokens were merged, and when pictures part.",
    discussion: """
      Keeps in the store: for every block that merges, at some steps, \
      where each token went and how similar the pair was (of a guidance pair the prompt's half); \
      and the picture as the model predicts it at some steps, of the merged picture and of its \
      baseline, which is made again, too. Looking changes no bit: pictures must come out as they \
      are stored, otherwise nothing is kept of them and the exit code is 1.

      The ten pictures that lost most; what is done is kept when interrupted:
        tome-eval explain --output Reports/sd15

      One picture, and steps of your own:
        tome-eval explain --row 74 --seed 0 --ratio 0.5 --steps 1,10,20

      The report shows it once it is written again with `tome-eval report`: in the viewer by the \
      keys m (merged tokens) and w (predicted pictures, step by step), and from five pictures on \
      as a chart of similarity against damage.

      A map takes 4 bytes a token: a picture of 512x512 by Stable Diffusion 1.5, with 5 blocks \
      that merge and 3 steps, 240 KiB, and its previews about as much again. Pictures of other \
      engines and imported ones cannot be looked into.
      """)

  @OptionGroup var selection: RunOptions
  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "How many pictures, those that lost most, as `compare --worst` names them (default: 10).",
      valueName: "n"))
  var worst: Int?

  @Option(help: ArgumentHelp("By which score they lost (default: as compare has it).", valueName: "score"))
  var metric: String?

  @Option(help: ArgumentHelp("Instead: pictures of the prompt of this row.", valueName: "n"))
  var row: Int?

  @Option(help: ArgumentHelp("Of that prompt, this seed only.", valueName: "n"))
  var seed: Seed?

  @Option(help: ArgumentHelp("Of that prompt, this ratio only.", valueName: "r"))
  var ratio: Double?

  @Option(
    help: ArgumentHelp(
      "The steps whose maps are kept, from 1 (default: the first, middle and last that merges).",
      valueName: "n,n"))
  var steps: String?

  @Option(help: ArgumentHelp("How many predicted pictures are kept, to the last step.", valueName: "n"))
  var previews = 6

  func validate() throws {
    if let worst { try OptionRange.check("worst", worst, OptionRange.counts) }
    try OptionRange.check("previews", previews, 1...100)
    if worst != nil || metric != nil, row != nil {
      throw ValidationError(
        "--worst and --metric choose pictures by what they lost, --row by their prompt; give one")
    }
    if row == nil, seed != nil || ratio != nil {
      throw ValidationError("--seed and --ratio choose among the pictures of a prompt; give --row, too")
    }
    _ = try listedSteps()
  }

  private func listedSteps() throws -> [Int]? {
    guard let steps else { return nil }
    return try steps.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let step = Int(word), OptionRange.steps.contains(step) else {
        throw ValidationError("--steps: '\(word)' is no step; write them from 1 with commas, as in 1,10,20")
      }
      return step
    }
  }

  func run() throws {
    let store = try selection.store.openStore(.writing)
    let record = try selection.run.map(store.run(named:)) ?? store.latestRun()
    let contents = try store.contents(ofRun: record.id)
    let samples = try chosen(of: contents)
    try model.processor.check(contents)
    let engine = try model.loadEngine()
    var explaining = try PictureExplaining(
      samples, of: contents, store: store, folder: selection.store.folder, engine: engine)
    let wish = ExplanationWish(
      maps: try listedSteps().map { .listed($0) } ?? .evenly(3), previews: .evenly(previews))
    let cancellation = Cancellation()
    let trap = InterruptTrap(cancellation)
    defer { withExtendedLifetime(trap) {} }
    // In hundredths of a picture.
    let (count, progress) = (explaining.count, CountProgress("looking into pictures"))
    do {
      try explaining.run(wish, cancellation: cancellation) { done, step, steps in
        progress.show(done * 100 + step * 100 / max(steps, 1), count * 100)
      } didMake: { result in
        progress.finish()
        Terminal.log(line(result))
      }
    } catch is CancellationError {
      progress.finish()
      Terminal.log("\(NumberText.count(explaining.results.count, "picture")) of \(count) done, and kept")
      throw ExitCode.interrupted
    }
    progress.finish()
    try Terminal.print(summary(explaining.results))
    if !explaining.results.allSatisfy(\.verified.isEqual) { throw ExitCode.failure }
  }

  /// The numbers of the samples that were asked for.
  private func chosen(of contents: RunContents) throws -> [Int64] {
    guard let row else {
      let measure = try metric.map { name in
        guard let measure = contents.measure(named: name) else {
          let known = contents.measures.map(\.key)
          throw ValidationError(
            "run '\(contents.run.name)' has no score '\(name)'; it has \(known.joined(separator: ", "))")
        }
        return measure
      }
      let found = Comparison(contents, measure: measure).worst(worst ?? 10).map(\.sampleID)
      guard !found.isEmpty else {
        throw ValidationError(
          "run '\(contents.run.name)' has no scores of merged pictures to choose by; name pictures with --row"
        )
      }
      return found
    }
    let prompts = Set(contents.prompts.filter { $0.row == row }.map(\.id))
    guard !prompts.isEmpty else {
      throw ValidationError("--row \(row): run '\(contents.run.name)' has no prompt of that row")
    }
    let variants = Set(
      contents.variants.filter { variant in ratio.map { variant.ratio == $0 } ?? !variant.isBaseline }.map(
        \.id))
    let found = contents.samples.filter { sample in
      prompts.contains(sample.promptID) && variants.contains(sample.variantID) && sample.state == .done
        && (seed == nil || sample.seed == seed)
    }
    guard !found.isEmpty else {
      throw ValidationError(
        "--row \(row): run '\(contents.run.name)' has no finished picture of that seed and ratio")
    }
    return found.map(\.id)
  }

  private func line(_ result: PictureExplaining.Result) -> String {
    let verified = result.verified
    let title =
      "row \(verified.prompt.row), \(verified.variant.label), seed \(verified.sample.seed)"
    guard let explanation = result.explanation else {
      return "\(title): comes out with other bits than are stored; nothing is kept of it"
    }
    let similarity = explanation.meanSimilarity.map {
      ", mean similarity \(NumberText.exact(($0 * 1000).rounded() / 1000))"
    }
    return "\(title): \(NumberText.count(explanation.maps.count, "map")), "
      + "\(NumberText.count(explanation.previews.count, "preview")), \(explanation.byteCount / 1024) KiB"
      + (similarity ?? "")
  }

  private func summary(_ results: [PictureExplaining.Result]) -> String {
    let kept = results.filter { $0.explanation != nil }
    var lines = [
      "\(NumberText.count(kept.count { $0.isWanted }, "picture")) and "
        + "\(NumberText.count(kept.count { !$0.isWanted }, "baseline")) looked into"
    ]
    if !kept.isEmpty {
      lines.append(
        "`tome-eval report` with the same --output shows them: keys m (merged tokens) and w (steps) in the viewer"
      )
    }
    let different = results.count - kept.count
    if different > 0 {
      lines.append(
        "\(NumberText.count(different, "picture")) came out with other bits than are stored, and nothing is kept of "
          + "them; `tome-eval verify` says what may be the reason")
    }
    return lines.joined(separator: "\n")
  }
}
