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
      chance explains is marked n.s.

      All ratios with the unmerged pictures, then by kind of prompt:
        tome-eval compare --output Reports/sd15
        tome-eval compare --output Reports/sd15 --by challenge

      One ratio with the others; before with after an upgrade:
        tome-eval compare --against 0.3 --metric ssim
        tome-eval compare --output Reports/after --against-run before \\
          --against-store Reports/before/tome-eval.sqlite

      Several runs of a store with the first, picture against picture of the same prompt, seed \
      and variant: how many are bit-identical, how alike the others are, what the runs differ in:
        tome-eval compare --run fp32 --run bf16 --run fp16

      A gate for continuous integration, and the pictures to look at:
        tome-eval compare --only 0.5 --fail-if "clip_score.ci_low < -0.5" --fail-if "speedup < 1.2"
        tome-eval compare --fail-if "verdict == worse" --format junit > gates.xml
        tome-eval compare --worst 10 --format markdown

      Gates: SCORE.ci_low and .ci_high (of the delta), .delta, .mean, .share (of a seed \
      change), speedup, speedup.ci_low, speedup.ci_high, prefer_baseline (the share of votes, \
      where there are some), prefer_baseline.ci_low, .ci_high, with < <= > >= == !=, and \
      "verdict == worse". A gate fails when a variant meets it, or when nothing was measured.

      Exit codes: 0 fine, 1 a gate failed, 2 bad usage or input, 3 pictures failed, are \
      missing, or are not what was scored any more.
      """)

  @OptionGroup var runs: ComparedRunsOptions

  @OptionGroup var reference: ReferenceOptions

  @Option(
    help: ArgumentHelp(
      "What the verdict is about: \(Metric.allCases.map(\.key).joined(separator: ", ")); of a run with several CLIP "
        + "checkpoints, clip_score@NAME is a further one's. Scores that compare with the baseline get a verdict with "
        + "--against or a further run only. (default: clip_score, by the first checkpoint that both sides have)",
      valueName: "score"))
  var metric: String?

  @Option(
    help: ArgumentHelp(
      "How large a difference counts as none: in the score's units (0.3), of its mean (1%), of its standard deviation "
        + "between seeds where there are two or more (0.5sd), or mlperf (0.2%).",
      valueName: "margin"))
  var margin = "1%"

  @Option(
    help: ArgumentHelp(
      "How far from one half a share of votes may lie and count as no preference: 0.1 is 40 to 60 %.",
      valueName: "share"))
  var voteMargin = Preference.standardMargin

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
    if reference.against != nil, runs.isSeveral {
      throw ValidationError("--against compares within a run, the others with further runs; give one of them")
    }
    do {
      _ = try Margin(text: margin)
      _ = try failIf.map(Gate.init)
    } catch let error as GateError {
      throw ValidationError("--fail-if: \(error)")
    } catch {
      throw ValidationError("\(error)")
    }
    guard voteMargin > 0, voteMargin < 0.5 else {
      throw ValidationError("--vote-margin must be above 0 and below 0.5, it is \(voteMargin)")
    }
    if worst < 0 { throw ValidationError("--worst must be 0 or more, it is \(worst)") }
  }

  func run() throws {
    let sources = try runs.read()
    let comparing = CountProgress("comparing")
    let pairings = try reference.pairings(sources, runs, progress: comparing.show)
    comparing.finish()
    let gates = try failIf.map(Gate.init)
    // The pictures of a row are those of the run that is compared, not of what it is compared with.
    let owners = sources.count == 1 ? [0] : runs.pairs(of: sources.count).map(\.own)
    let margin = try Margin(text: margin)
    let reports = try zip(pairings, owners).map { pairing, owner in
      let measure = try measure(in: pairing)
      try pairing.requireMeaning(of: margin, by: measure)
      return ComparisonReport(
        Comparison(pairing, measure: measure, margin: margin, voteMargin: voteMargin), by: by, worst: worst,
        gates: gates, state: sources[owner].folders.state)
    }
    try Terminal.printFormatted(
      ComparisonReport.text(
        reports, json ? .json : format, hasColors: Terminal.hasColors, width: Terminal.resultColumns))
    for (report, owner) in zip(reports, owners) {
      let name = reports.count > 1 ? "\(report.comparison.run.name): " : ""
      for note in report.comparison.pairing.notes where note.isWarning { Terminal.warn(name + note.text) }
      for warning in Advice.changedPictures(
        report.files, in: sources[owner].folders, option: sources[owner].option)
      {
        Terminal.warn(warning)
      }
      for check in report.conclusion.checks where check.outcome != .passed {
        Terminal.log(name + check.line)
      }
    }
    let codes = reports.map(\.conclusion.exitCode).filter { $0 != 0 }
    // A gate that failed is 1, which says more than pictures that are missing.
    if let code = codes.min() { throw ExitCode(code) }
  }

  /// What was asked for; nil for nothing, and for the CLIP score of a run without one, which still has its pixels and
  /// times.
  private func measure(in pairing: Pairing) throws -> Measure? {
    guard let metric else { return nil }
    if let measure = pairing.knownMeasure(named: metric) { return measure }
    if metric == Metric.clipScore.key { return nil }
    let contents = pairing.runContents
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
