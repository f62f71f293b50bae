import Evaluation
import Importing
import Pictures
import ResultStore
import TokenMerging
import Wording

/// What an import finds and takes, for people and as JSON.
struct ImportSummary: Encodable {
  struct Run: Encodable {
    var name: String?
    let model: String
    let size: String
    let steps: Int?
    let guidanceScale: Double?
    let scheduler: String
    let prompts: Int
    /// By the ratio, how many pictures.
    let pictures: [String: Int]
    var taken: Int?
    var known: Int?
    var copied: Int?
    var conflicts: [String]?
    var scored: Int?
    var unscored: Int?
  }

  private(set) var runs: [Run]
  let problems: [String]
  private(set) var report: String?
  /// Pictures that are not taken.
  let left: Int

  private let lines: [ImportProblem]
  private let plan: ImportPlan

  private enum CodingKeys: CodingKey { case runs, problems, report, left }

  init(_ plan: ImportPlan, problems: [ImportProblem]) {
    self.plan = plan
    lines = problems + plan.problems
    self.problems = lines.map(\.description)
    left = lines.count { $0.kind == .left }
    runs = plan.runs.map { run in
      Run(
        model: run.model.name, size: "\(run.sampling.width)x\(run.sampling.height)",
        steps: run.sampling.steps,
        guidanceScale: run.sampling.guidanceScale, scheduler: run.sampling.scheduler.rawValue,
        prompts: run.prompts.count,
        pictures: Dictionary(
          run.counts.map { (Self.title($0.recipe), $0.pictures) }, uniquingKeysWith: +))
    }
  }

  /// As many of a kind are shown.
  private static let shown = 20

  func logProblems() {
    for problem in lines.prefix(Self.shown) {
      problem.kind == .left ? Terminal.warn("not taken: \(problem)") : Terminal.warn("\(problem)")
    }
    let more = lines.count - Self.shown
    if more > 0 {
      Terminal.warn("\(NumberText.count(more, "more line")) like these; --json has all of them")
    }
    if left > 0 { Terminal.warn("\(NumberText.count(left, "picture")) not taken in all") }
    let lossy = plan.runs.flatMap(\.pictures).count(where: \.file.isLossy)
    if lossy > 0 {
      Terminal.warn(
        "\(NumberText.count(lossy, "picture")) of a lossy form (JPEG, WebP): what its compression changed is in the "
          + "scores, on both sides of every comparison; in trials SSIM fell by about 0.01 with quality 95, by 0.02 with "
          + "80 (README, With your own pictures)")
    }
  }

  /// The runs with their ratios, a line each.
  var table: String {
    let rows = plan.runs.flatMap { run in
      run.counts.map { count in
        [
          run.model.name, "\(run.sampling.width)x\(run.sampling.height)",
          run.sampling.steps.map { "\($0)" } ?? "?",
          run.sampling.guidanceScale.map(NumberText.exact) ?? "?", run.sampling.scheduler.rawValue,
          Self.title(count.recipe), "\(run.prompts.count)", "\(count.pictures)",
        ]
      }
    }
    return TextTable(
      columns: [
        .init(title: "model", isText: true), .init(title: "size"), .init(title: "steps"),
        .init(title: "guidance"), .init(title: "scheduler", isText: true),
        .init(title: "ratio", isText: true),
        .init(title: "prompts"), .init(title: "pictures"),
      ], rows: rows
    ).aligned()
  }

  private static func title(_ recipe: PictureRecipe) -> String {
    var words = [recipe.merging.map { NumberText.ratio($0.ratio) } ?? "0"]
    if let other = recipe.otherHiresRatio { words.append("hires \(NumberText.ratio(other))") }
    if let variant = (recipe.merging ?? recipe.hiresMerging)?.variant, variant != .tomesd {
      words.append(variant.rawValue)
    }
    return words.joined(separator: " ")
  }

  func with(_ outcomes: [ImportOutcome], report: String) -> ImportSummary {
    var copy = self
    copy.report = report
    for (index, outcome) in outcomes.enumerated() {
      copy.runs[index].name = outcome.run.name
      (copy.runs[index].taken, copy.runs[index].known) = (outcome.taken, outcome.known)
      (copy.runs[index].copied, copy.runs[index].conflicts) = (outcome.copied, outcome.conflicts)
      (copy.runs[index].scored, copy.runs[index].unscored) = (outcome.scored, outcome.unscored)
    }
    return copy
  }
}

extension ImportOutcome {
  /// The same in words.
  var sentence: String {
    var text = "run \(run.name): \(taken) of \(NumberText.count(total, "picture")) taken"
    if copied > 0 { text += " (\(copied) copied)" }
    if known > 0 { text += ", \(known) were there" }
    if !conflicts.isEmpty { text += ", \(conflicts.count) in conflict" }
    if scored > 0 { text += ", \(scored) scored" }
    if unscored > 0 { text += ", \(unscored) without all scores" }
    if isInterrupted { text += "; interrupted, the same command goes on from here" }
    return text
  }
}
