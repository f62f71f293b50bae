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
  let nullChecks: [Entry]
  let hasNullChecks: Bool
  let commandLine: String

  init(_ contents: RunContents, _ comparison: Comparison) {
    let run = contents.run
    let machine = run.machine
    metrics = ScoreMetric.allCases.filter { run.lpipsName != nil || !$0.needsLPIPS }.map(\.metric).map {
      metric in
      let absence = metric.absence(width: run.settings.width, height: run.settings.height)
      return Entry(
        term: metric.title + (metric.unit.isEmpty ? "" : ", \(metric.unit)"),
        definition: metric.formula + (absence.map { ". Absent here: it \($0)." } ?? ""))
    }
    nullChecks = contents.nullChecks.map { Entry(term: NullCheckLines.term($0), definition: $0.detail) }
    hasNullChecks = !nullChecks.isEmpty

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
        term: "LPIPS",
        definition: run.lpipsName.map { "\($0), fingerprint \(run.lpipsFingerprint ?? "unknown")" } ?? "none"),
      Entry(
        term: "Sampling",
        definition: "\(settings.scheduler), \(NumberText.count(settings.steps, "step")), guidance "
          + "\(NumberText.ratio(settings.guidanceScale)), \(settings.width) × \(settings.height), "
          + "\(settings.attention) attention, \(settings.precision ?? "fp32")"
          + (settings.negativePrompt.isEmpty ? "" : ", negative prompt “\(settings.negativePrompt)”")),
      Entry(
        term: "Prompts and seeds",
        definition: "\(settings.promptSet): \(NumberText.count(contents.prompts.count, "prompt")); seeds "
          + settings.seeds.map(String.init).joined(separator: ", ")),
    ]
    let merging = contents.variants.filter { $0.ratio > 0 }
    let kinds = (merging.isEmpty ? contents.variants : merging).map(Self.merging)
    let distinct = kinds.enumerated().filter { kinds.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    entries.append(Entry(term: "Token merging", definition: distinct.joined(separator: "; ")))
    if contents.variants.contains(where: { $0.equalTimeRatio != nil }) {
      entries.append(
        Entry(
          term: "Equal time",
          definition: "Unmerged, with round(\(settings.steps) × a ratio’s median denoising seconds / the "
            + "baseline’s) steps, decided once from the run’s own times. The decoder takes as long on both "
            + "sides."))
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

  /// The rule, and the arguments as `tomesd.apply_patch` names them; the ratio differs by column.
  private static func merging(_ variant: VariantRecord) -> String {
    func yes(_ flag: Bool) -> String { flag ? "yes" : "no" }
    if variant.mergeVariant == "comfyui" {
      return
        "comfyui (ComfyUI’s node): self-attention’s queries alone, matched on its normed input, in random "
        + "2 × 2 cells at the latents’ own resolution"
    }
    let rule = variant.mergeVariant == "webui" ? "webui (tomesd 0.1.3 without use_rand)" : "tomesd 0.1.3"
    return "\(rule): max_downsample \(variant.maxDownsample), sx \(variant.sx), sy \(variant.sy), "
      + "use_rand \(yes(variant.useRand)), merge_attn \(yes(variant.mergeAttn)), "
      + "merge_crossattn \(yes(variant.mergeCrossattn)), merge_mlp \(yes(variant.mergeMlp))"
  }
}
