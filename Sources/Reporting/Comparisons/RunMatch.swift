import ResultStore

/// What two runs have in common, by content: equal prompts, seeds, merging, steps and sampling settings. Models,
/// tool versions and machines may differ; those are what such a comparison is about.
struct RunMatch {
  let entries: [Pairing.Entry]
  let prompts: [Pairing.PromptMatch]
  let seeds: [Int]
  let notes: [String]
  /// Why no picture of one run corresponds to any of the other; nil where some do.
  let obstacle: String?

  init(_ own: RunContents, _ other: RunContents) {
    let differing = Self.differingSettings(own.run.settings, other.run.settings)
    let variants = Dictionary(
      other.variants.map { (Key($0, other.run.settings), $0) }, uniquingKeysWith: { first, _ in first })
    let entries = own.variants.compactMap { variant -> Pairing.Entry? in
      guard differing.isEmpty, let reference = variants[Key(variant, own.run.settings)] else { return nil }
      return Pairing.Entry(variant: variant, reference: reference)
    }
    // A text that occurs twice matches its first occurrence first.
    var known: [String: [PromptRecord]] = [:]
    for prompt in other.prompts.reversed() { known[prompt.text, default: []].append(prompt) }
    let prompts = own.prompts.compactMap { prompt in
      known[prompt.text]?.popLast().map { Pairing.PromptMatch(own: prompt, reference: $0) }
    }
    let seeds = own.run.settings.seeds.filter(other.run.settings.seeds.contains)
    self.entries = entries
    self.prompts = prompts
    self.seeds = seeds
    let matched = entries.count * prompts.count * seeds.count
    func lost(_ contents: RunContents) -> Int {
      contents.variants.count * contents.prompts.count * contents.run.settings.seeds.count - matched
    }
    func names(_ contents: RunContents) -> String { "run '\(contents.run.name)'" }
    var notes = [
      "\(NumberText.count(matched, "picture")) matched by prompt, seed, merging, steps and sampling"
    ]
    for contents in [own, other] where lost(contents) > 0 {
      notes.append("UNMATCHED: \(NumberText.count(lost(contents), "picture")) of \(names(contents)) left out")
    }
    if !differing.isEmpty {
      notes.append("nothing matches, as the runs differ in " + differing.joined(separator: ", "))
    }
    if own.run.machine != other.run.machine {
      notes.append("the runs were made on different machines: the speed-up is theirs, too")
    }
    if own.run.clipFingerprint != other.run.clipFingerprint {
      notes.append("the runs were scored by different CLIP checkpoints: their CLIP scores are not compared")
    }
    if let first = own.run.lpipsFingerprint, let second = other.run.lpipsFingerprint, first != second {
      notes.append("the runs were scored by different LPIPS weights: their LPIPS is not compared")
    }
    self.notes = notes
    obstacle =
      matched > 0
      ? nil
      : !differing.isEmpty
        ? "they differ in \(differing.joined(separator: ", "))"
        : entries.isEmpty
          ? "no variant of one is in the other"
          : prompts.isEmpty ? "no prompt is in both" : "no seed is in both"
  }

  /// All that decides what a variant makes of a prompt and seed.
  private struct Key: Hashable {
    let options: [String]
    let steps: Int

    init(_ variant: VariantRecord, _ settings: RunSettings) {
      steps = variant.steps ?? settings.steps
      options =
        variant.ratio == 0
        ? ["unmerged"]
        : [
          "\(variant.ratio)", variant.mergeVariant, "\(variant.maxDownsample)", "\(variant.sx)",
          "\(variant.sy)",
          "\(variant.useRand)", "\(variant.mergeAttn)", "\(variant.mergeCrossattn)", "\(variant.mergeMlp)",
        ]
    }
  }

  private static func differingSettings(_ own: RunSettings, _ other: RunSettings) -> [String] {
    var differing: [String] = []
    func compare(_ name: String, _ first: some Equatable, _ second: some Equatable) {
      if "\(first)" != "\(second)" { differing.append("\(name) (\(first), \(second))") }
    }
    compare("guidance_scale", own.guidanceScale, other.guidanceScale)
    compare("negative_prompt", own.negativePrompt, other.negativePrompt)
    compare("size", "\(own.width)x\(own.height)", "\(other.width)x\(other.height)")
    compare("scheduler", own.scheduler, other.scheduler)
    compare("attention", own.attention, other.attention)
    compare("precision", own.precision ?? "fp32", other.precision ?? "fp32")
    return differing
  }
}
