import ArgumentParser
import Comparisons
import Foundation
import Metrics
import ResultStore
import Statistics
import Wording

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Say what a run's variants cost and save, against its baseline, each other or another run.",
    discussion: """
      Differences are paired by prompt and seed, with 95 % intervals from a bootstrap over \
      the prompts. The whole interval inside the margin is "equivalent"; a difference that \
      chance explains is marked ~.

      All ratios with the unmerged pictures, then by kind of prompt:
        tome-eval compare --output Reports/sd15
        tome-eval compare --output Reports/sd15 --by challenge

      One ratio with the others; before with after an upgrade:
        tome-eval compare --against 0.3 --metric ssim
        tome-eval compare --output Reports/after --against-run before \\
          --against-store Reports/before/tome-eval.sqlite

      A gate for continuous integration, and the pictures to look at:
        tome-eval compare --only 0.5 --fail-if "clip_score.ci_low < -0.5" --fail-if "speedup < 1.2"
        tome-eval compare --fail-if "verdict == worse" --format junit > gates.xml
        tome-eval compare --worst 10 --format markdown

      Gates: SCORE.ci_low and .ci_high (of the delta), .delta, .mean, .share (of a seed \
      change), speedup, speedup.ci_low, speedup.ci_high, with < <= > >= == !=, and \
      "verdict == worse". A gate fails when a variant meets it, or when nothing was measured.

      Exit codes: 0 fine, 1 a gate failed, 2 bad usage or input, 3 pictures failed, are \
      missing, or are not what was scored any more.
      """)

  @OptionGroup var selection: RunOptions

  @OptionGroup var reference: ReferenceOptions

  @Option(
    help: ArgumentHelp(
      "What the verdict is about: \(Metric.allCases.map(\.key).joined(separator: ", ")); of a run with several CLIP "
        + "checkpoints, clip_score@NAME is a further one's. Scores that compare with the baseline get a verdict with "
        + "--against or --against-run only. (default: clip_score, by the first checkpoint that both sides have)",
      valueName: "score"))
  var metric: String?

  @Option(
    help: ArgumentHelp(
      "How large a difference counts as none: in the score's units (0.3), of its mean (1%), or mlperf (0.2%).",
      valueName: "margin"))
  var margin = "1%"

  @Option(help: "Also compare within each category, challenge or length (1-4, 5-8, 9-16, 17 or more words).")
  var by: PromptDimension?

  @Option(help: ArgumentHelp("Name the pictures that lost most; with csv, those alone.", valueName: "n"))
  var worst = 0

  @Option(help: ArgumentHelp("End with 1 when a variant meets this; repeatable.", valueName: "condition"))
  var failIf: [String] = []

  @Option(help: "How to print.")
  var format = ComparisonReport.Format.table

  @Flag(help: "Short for --format json.")
  var json = false

  func validate() throws {
    do {
      _ = try Margin(text: margin)
      _ = try failIf.map(Gate.init)
    } catch let error as GateError {
      throw ValidationError("--fail-if: \(error)")
    } catch {
      throw ValidationError("\(error)")
    }
    if worst < 0 { throw ValidationError("--worst must be 0 or more, it is \(worst)") }
  }

  func run() throws {
    let (contents, folders) = try selection.read(withEmbeddings: true)
    let pairing = try reference.pairing(contents, selection)
    let comparison = Comparison(
      pairing, measure: try measure(in: pairing.contents), margin: try Margin(text: margin))
    let report = ComparisonReport(
      comparison, by: by, worst: worst, gates: try failIf.map(Gate.init), state: folders.state)
    try Terminal.printFormatted(
      report.text(json ? .json : format, hasColors: Terminal.hasColors, width: Terminal.resultColumns))
    for note in comparison.pairing.notes where note.isWarning { Terminal.warn(note.text) }
    for warning in Advice.changedPictures(report.files, in: folders) { Terminal.warn(warning) }
    for check in report.conclusion.checks where check.outcome != .passed {
      Terminal.log(check.line)
    }
    if report.conclusion.exitCode != 0 { throw ExitCode(report.conclusion.exitCode) }
  }

  /// What was asked for; nil for nothing, and for the CLIP score of a run without one, which still has its pixels and
  /// times.
  private func measure(in contents: RunContents) throws -> Measure? {
    guard let metric else { return nil }
    if let measure = contents.measure(named: metric) { return measure }
    if metric == Metric.clipScore.key { return nil }
    let known = contents.measures.map(\.key)
    let message =
      "run '\(contents.run.name)' has no score '\(metric)'; it has \(known.joined(separator: ", "))"
    let way = Metric(rawValue: String(metric.prefix { $0 != "@" }))?.wayToGet
    throw ValidationError(message + (way.map { "; \($0)" } ?? Suggestion.phrase(for: metric, among: known)))
  }
}

extension Metric {
  /// How a run comes to a score that it does not have; nil for those that every run has.
  fileprivate var wayToGet: String? {
    let option: String
    switch scorer {
    case .pixels: return nil
    case .clip: option = "--clip DIR"
    case .pick: option = "--scorer pickscore=DIR"
    case .aesthetic: option = "--aesthetic FILE"
    case .lpips: option = "--lpips DIR"
    }
    return "the same sweep or import again with \(option) adds it, and makes no picture again"
  }
}
