import Metrics
import ResultStore
import Statistics

/// How the numbers came to be: enough to compute them again.
struct Method: Sendable {
  struct Entry: Sendable {
    let term: String
    let definition: String
  }

  let metrics: [Entry]
  let statistics: [Entry]
  let settings: [Entry]
  let commandLine: String

  init(_ contents: RunContents, _ comparison: Comparison) {
    let run = contents.run
    let machine = run.machine
    metrics = ScoreMetric.allCases.map {
      Entry(
        term: $0.metric.title + ($0.metric.unit.isEmpty ? "" : ", \($0.metric.unit)"),
        definition: $0.metric.formula)
    }

    var statistics = [
      Entry(
        term: "Pairing",
        definition: "Every picture is compared with the baseline’s of the same prompt and seed. Seeds of one "
          + "prompt are averaged first: the prompt is the unit of every interval and test."),
      Entry(
        term: "Intervals",
        definition:
          "95 % \(comparison.bootstrap.method.rawValue) bootstrap over prompts, never nearer than Student’s t, "
          + "\(comparison.bootstrap.resamples) resamples, seed \(comparison.bootstrap.seed)."),
      Entry(
        term: "Significance",
        definition:
          "Two-sided sign-flip permutation test, exact up to 16 prompts, or the interval’s own p-value "
          + "where that is larger; adjusted over the ratios after Holm. A difference without it is marked ~."),
    ]
    if let margin = comparison.margin {
      let bound = NumberText.fixed(margin, 2)
      statistics.append(
        Entry(
          term: "Verdict",
          definition: "Equivalent: the whole interval lies within ±\(bound) points. Worse or better: "
            + "significantly different, and not equivalent. Inconclusive: neither; also with fewer than "
            + "\(Verdict.minimumPrompts) prompts. A ratio is recommended from "
            + "\(Recommendation.minimumPrompts) prompts on, with the share of 1000 resamples of the prompts that say the "
            + "same."))
    }
    if let ruler = comparison.rulerMetric {
      statistics.append(
        Entry(
          term: "Of a seed change",
          definition:
            "Mean \(ruler.shortTitle) distance to the baseline over that between unmerged pictures of "
            + "two seeds of one prompt, with an interval over prompts."))
    }
    statistics.append(
      Entry(
        term: "Speed-up",
        definition: "Mean seconds per picture of the baseline over the ratio’s, same prompts and seeds, from "
          + "the first step to the file on disk."))
    self.statistics = statistics

    let settings = run.settings
    var entries = [
      Entry(term: "Model", definition: "\(run.modelName), fingerprint \(run.modelFingerprint)"),
      Entry(
        term: "CLIP",
        definition: run.clipName.map { "\($0), fingerprint \(run.clipFingerprint ?? "unknown")" } ?? "none"),
      Entry(
        term: "Sampling",
        definition: "\(settings.scheduler), \(NumberText.count(settings.steps, "step")), guidance "
          + "\(NumberText.ratio(settings.guidanceScale)), \(settings.width) × \(settings.height), "
          + "\(settings.attention) attention"
          + (settings.negativePrompt.isEmpty ? "" : ", negative prompt “\(settings.negativePrompt)”")),
      Entry(
        term: "Prompts and seeds",
        definition: "\(settings.promptSet): \(NumberText.count(contents.prompts.count, "prompt")); seeds "
          + settings.seeds.map(String.init).joined(separator: ", ")),
    ]
    if let variant = contents.variants.first(where: { !$0.isBaseline }) ?? contents.variants.first {
      entries.append(Entry(term: "Token merging", definition: Self.merging(variant)))
    }
    entries += [
      Entry(
        term: "Machine",
        definition: "\(machine.cpu), \(NumberText.count(machine.threads, "thread")) of "
          + "\(NumberText.count(machine.cores, "core")), "
          + "\(NumberText.fixed(Double(machine.memoryBytes) / 1_073_741_824, 1)) GiB, \(machine.os), "
          + "OpenBLAS \(machine.blasCore)"),
      Entry(term: "Version", definition: "tome-eval \(run.toolVersion)"),
    ]
    self.settings = entries
    commandLine = run.commandLine
  }

  /// The arguments as `tomesd.apply_patch` names them; the ratio differs by column.
  private static func merging(_ variant: VariantRecord) -> String {
    func yes(_ flag: Bool) -> String { flag ? "yes" : "no" }
    return "tomesd 0.1.3: max_downsample \(variant.maxDownsample), sx \(variant.sx), sy \(variant.sy), "
      + "use_rand \(yes(variant.useRand)), merge_attn \(yes(variant.mergeAttn)), "
      + "merge_crossattn \(yes(variant.mergeCrossattn)), merge_mlp \(yes(variant.mergeMlp))"
  }
}
