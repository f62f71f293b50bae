import Foundation
import Metrics
import ResultStore
import Statistics

/// How the numbers came to be: enough to compute them again.
struct Method: Sendable {
  struct Entry: Sendable {
    let term: String
    let definition: String
  }

  /// Every metric that some run of the page has.
  let metrics: [Entry]
  let pictures: [Entry]
  let statistics: [Entry]
  /// One or two.
  let runMethods: [RunMethod]
  let downloads: [Download]

  init(_ sources: [Report.Source], downloads: [Download]) {
    let settings = sources[0].contents.run.settings
    let hasLPIPS = sources.contains { $0.contents.run.lpipsName != nil }
    metrics = ScoreMetric.allCases.filter { hasLPIPS || !$0.needsLPIPS }.map(\.metric).map { metric in
      let absence = metric.absence(width: settings.width, height: settings.height)
      return Entry(
        term: metric.title + (metric.unit.isEmpty ? "" : ", \(metric.unit)"),
        definition: metric.formula + (absence.map { ". Absent here: it \($0)." } ?? ""))
    }
    pictures = Self.pictures(settings)
    statistics = Self.statistics(sources[0].comparison)
    runMethods = sources.enumerated().map { index, source in
      RunMethod(source.contents, heading: sources.count == 1 ? "Run" : "Run \(RunMark.letter(index))")
    }
    self.downloads = downloads
  }

  private static func pictures(_ settings: RunSettings) -> [Entry] {
    let size = "\(settings.width) × \(settings.height)"
    return [
      Entry(
        term: "Heat map",
        definition:
          "The largest difference d of a pixel’s three channels to the baseline’s, in 8-bit levels, "
          + "coloured at √(d / 255) of the palette: one scale for every picture and every ratio. The palette "
          + "rises evenly in OKLab lightness, in \(HeatMap.colorCount) steps."),
      Entry(
        term: "Sheet",
        definition: Thumbnail.isNeeded(width: settings.width, height: settings.height)
          ? "Shows the \(size) pictures reduced to \(Thumbnail.longestSide) pixels (Lanczos); the viewer and the "
            + "links have the PNG files as they were made."
          : "Shows the \(size) PNG files as they were made."),
    ]
  }

  private static func statistics(_ comparison: Comparison) -> [Entry] {
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
          + "where that is larger; adjusted over the ratios after Holm. A difference without it is marked ~. Within "
          + "a challenge or category it is adjusted over the ratios alone: of many groups a few look different by "
          + "chance."),
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
    statistics += [
      Entry(
        term: "Speed-up",
        definition: "Mean seconds per picture of the baseline over the ratio’s, same prompts and seeds, from "
          + "the first step to the file on disk."),
      Entry(
        term: "Memory",
        definition: "Highest resident memory of the process while a picture was made, weights included; the "
          + "median over the pictures."),
    ]
    return statistics
  }
}

/// How one run was made.
struct RunMethod: Sendable {
  let heading: String
  let settings: [Method.Entry]
  let nullChecks: [Method.Entry]
  let hasNullChecks: Bool
  let commandLine: String

  init(_ contents: RunContents, heading: String) {
    let run = contents.run
    self.heading = heading
    nullChecks = contents.nullChecks.map { .init(term: NullCheckLines.term($0), definition: $0.detail) }
    hasNullChecks = !nullChecks.isEmpty
    settings = Self.models(run) + Self.sampling(contents) + Self.machine(run)
    commandLine = run.commandLine
  }

  private static func models(_ run: RunRecord) -> [Method.Entry] {
    [
      .init(term: "Model", definition: "\(run.modelName), fingerprint \(run.modelFingerprint)"),
      .init(
        term: "CLIP",
        definition: run.clipName.map { "\($0), fingerprint \(run.clipFingerprint ?? "unknown")" } ?? "none"),
      .init(
        term: "LPIPS",
        definition: run.lpipsName.map { "\($0), fingerprint \(run.lpipsFingerprint ?? "unknown")" } ?? "none"),
    ]
  }

  private static func sampling(_ contents: RunContents) -> [Method.Entry] {
    let settings = contents.run.settings
    var entries: [Method.Entry] = [
      .init(
        term: "Sampling",
        definition: "\(settings.scheduler), \(NumberText.count(settings.steps, "step")), guidance "
          + "\(NumberText.ratio(settings.guidanceScale)), \(settings.width) × \(settings.height), "
          + "\(settings.attention) attention, \(settings.precision ?? "fp32")"
          + (settings.negativePrompt.isEmpty ? "" : ", negative prompt “\(settings.negativePrompt)”")),
      .init(
        term: "Prompts and seeds",
        definition: "\(settings.promptSet): \(NumberText.count(contents.prompts.count, "prompt")); seeds "
          + settings.seeds.map(String.init).joined(separator: ", ")),
    ]
    let merging = contents.variants.filter { $0.ratio > 0 }
    let kinds = (merging.isEmpty ? contents.variants : merging).map(Self.merging)
    let distinct = kinds.enumerated().filter { kinds.firstIndex(of: $0.element) == $0.offset }.map(\.element)
    entries.append(.init(term: "Token merging", definition: distinct.joined(separator: "; ")))
    if contents.variants.contains(where: { $0.equalTimeRatio != nil }) {
      entries.append(
        .init(
          term: "Equal time",
          definition: "Unmerged, with round(\(settings.steps) × a ratio’s median denoising seconds / the "
            + "baseline’s) steps, decided once from the run’s own times. The decoder takes as long on both "
            + "sides."))
    }
    return entries
  }

  private static func machine(_ run: RunRecord) -> [Method.Entry] {
    let machine = run.machine
    return [
      .init(
        term: "Machine",
        definition: "\(machine.cpu), \(NumberText.count(machine.threads, "thread")) of "
          + "\(NumberText.count(machine.cores, "core")), "
          + "\(NumberText.fixed(Double(machine.memoryBytes) / 1_073_741_824, 1)) GiB, \(machine.os), "
          + "\(machine.kernelSet) kernels"),
      .init(term: "Version", definition: "tome-eval \(run.toolVersion)"),
      .init(term: "Begun", definition: run.created.formatted(.iso8601)),
    ]
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
