import Comparisons
import Foundation
import Machine
import Metrics
import Pictures
import ResultStore
import TokenMerging
import Wording

/// How one run was made.
struct RunMethod: Sendable {
  /// A process that made pictures of it.
  struct Execution: Sendable {
    /// What tells it from others; nil for the only one.
    let executionMark: String?
    let facts: [Method.Entry]
    let commandLine: String
  }

  let heading: String
  let settings: [Method.Entry]
  let executions: [Execution]
  let nullChecks: [Method.Entry]
  let hasNullChecks: Bool

  init(_ contents: RunContents, heading: String) {
    self.heading = heading
    nullChecks = contents.nullChecks.map { .init(term: NullCheckLines.term($0), definition: $0.detail) }
    hasNullChecks = !nullChecks.isEmpty
    settings = Self.models(contents) + Self.sampling(contents)
    let counts = Dictionary(grouping: contents.samples.filter { $0.state == .done }, by: \.executionID)
      .mapValues(\.count)
    executions = contents.executions.enumerated().map { index, execution in
      Execution(
        executionMark: contents.executions.count > 1 ? "\(index + 1)" : nil,
        facts: Self.facts(execution, pictures: counts[execution.id] ?? 0), commandLine: execution.commandLine)
    }
  }

  private static func models(_ contents: RunContents) -> [Method.Entry] {
    let kinds: [(kind: Metric.Scorer, term: String, isUsual: Bool)] = [
      (.clip, "CLIP", true), (.pick, "Preference model", false), (.aesthetic, "Aesthetic predictor", false),
      (.lpips, "LPIPS", true),
    ]
    let scorers = kinds.flatMap { kind, term, isUsual in
      let own = contents.scorers.filter { $0.kind == kind }
      return own.isEmpty
        ? (isUsual ? [Method.Entry(term: term, definition: "none")] : [])
        : own.map { .init(term: term, definition: "\($0.name), fingerprint \($0.fingerprint)") }
    }
    let model = contents.run.model
    return [.init(term: "Model", definition: "\(model.name), fingerprint \(model.fingerprint)")] + scorers
  }

  private static func sampling(_ contents: RunContents) -> [Method.Entry] {
    let sampling = contents.run.sampling
    var entries: [Method.Entry] = [
      .init(
        term: "Sampling",
        definition: (sampling.words + [
          "\(sampling.width) × \(sampling.height)",
          hires(sampling) + framing(sampling) + "\(sampling.attention) attention",
          sampling.precision == .unknown ? "unknown precision" : sampling.precision.rawValue,
        ]).joined(separator: ", ")
          + (sampling.eta == 0 ? "" : ", eta \(NumberText.exact(sampling.eta))")
          + (sampling.clipSkip.map { ", clip skip \($0) (as diffusers counts)" } ?? "")
          + (sampling.promptSyntax == .plain ? "" : ", prompts in the syntax of \(sampling.promptSyntax)")
          + (sampling.negativePrompt.isEmpty ? "" : ", negative prompt “\(sampling.negativePrompt)”")),
      .init(
        term: "Prompts and seeds",
        definition: "\(contents.run.promptSet): \(NumberText.count(contents.prompts.count, "prompt")); seeds "
          + contents.seeds.map(\.description).joined(separator: ", ")),
    ]
    var kinds: Set<String> = []
    let merging = contents.variants.compactMap { $0.recipe.merging ?? $0.recipe.hiresMerging }.map(words)
      .filter {
        kinds.insert($0).inserted
      }
    entries.append(
      .init(term: "Token merging", definition: merging.isEmpty ? "none" : merging.joined(separator: "; ")))
    if contents.variants.contains(where: { $0.equalTimeRatio != nil }) {
      entries.append(
        .init(
          term: "Equal time",
          definition:
            "Unmerged, with round(\(sampling.steps ?? 0) × a ratio’s median denoising seconds / the "
            + "baseline’s) steps, decided once from the run’s own times. The decoder takes as long on both "
            + "sides."))
    }
    return entries
  }

  /// What follows the first pass.
  private static func hires(_ sampling: Sampling) -> String {
    sampling.hires.map { "second pass (\($0.words)), " } ?? ""
  }

  /// What the model was told of the photograph that a picture would come from, where it was not the usual.
  private static func framing(_ sampling: Sampling) -> String {
    let original = sampling.originalSize.map { "original size \($0.width) × \($0.height), " } ?? ""
    return original + (sampling.crop.map { "crop at \($0.left), \($0.top), " } ?? "")
  }

  private static func facts(_ execution: ExecutionRecord, pictures: Int) -> [Method.Entry] {
    let machine = execution.machine
    let engine = execution.engineIdentity
    let name = engine == .builtin ? "tome-eval’s own pipeline" : engine.name
    return [
      .init(
        term: "Engine",
        definition: [name, engine.version, engine.device.map { "on \($0)" }].compactMap(\.self)
          .joined(separator: " ")),
      .init(
        term: "Machine",
        definition: machine == .unknown
          ? "unknown"
          : "\(machine.cpu), \(NumberText.count(machine.threads, "thread")) of "
            + "\(NumberText.count(machine.cores, "core")), \(NumberText.bytes(machine.memoryBytes)), \(machine.os), "
            + "\(machine.kernelSet) kernels"),
      .init(term: "Version", definition: "tome-eval \(execution.toolVersion)"),
      .init(term: "Begun", definition: execution.began.formatted(.iso8601)),
      .init(term: "Pictures", definition: "\(pictures)"),
    ]
  }

  /// The rule, and the arguments as `tomesd.apply_patch` names them; the ratio differs by column.
  private static func words(_ merging: MergingOptions) -> String {
    func yes(_ flag: Bool) -> String { flag ? "yes" : "no" }
    let rule: String
    let steps = merging.steps == .all ? "" : ", in steps \(merging.steps) alone"
    switch merging.variant {
    case .comfyui:
      return
        "comfyui (ComfyUI’s node): self-attention’s queries alone, matched on its normed input, in random "
        + "2 × 2 cells at the latents’ own resolution" + steps
    case .todo:
      return
        "todo (Token Downsampling): self-attention’s keys and values are of a grid thinned by a factor along both "
        + "sides, and the ratio is 1 − 1/factor²; max_downsample \(merging.maxDownsample)" + steps
    case .webui: rule = "webui (tomesd 0.1.3 without use_rand)"
    case .tomesd: rule = "tomesd 0.1.3"
    }
    return "\(rule): max_downsample \(merging.maxDownsample), sx \(merging.sx), sy \(merging.sy), "
      + "use_rand \(yes(merging.useRand)), merge_attn \(yes(merging.mergeAttn)), "
      + "merge_crossattn \(yes(merging.mergeCrossattn)), merge_mlp \(yes(merging.mergeMlp))" + steps
  }
}
