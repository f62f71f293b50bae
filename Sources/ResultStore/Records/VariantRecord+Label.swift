import Pictures
import TokenMerging
import Wording

/// How a variant is called wherever it is shown: short, and unique within a run.
extension VariantRecord {
  /// The ratio, and whatever differs from plain tomesd with the run's own scheduler and steps: `0.5`,
  /// `0.5 webui`, `0.5 max_downsample 2`, `0.5 hires 0`, `0.5 euler`, `0.5 steps 10`. An unmerged variant of equal
  /// time is called by its steps, as in `12 steps (time of 0.5)`.
  public var label: String {
    guard let equalTimeRatio, let steps else { return details }
    let owner = equalTimeOf ?? NumberText.ratio(equalTimeRatio)
    return "\(NumberText.count(steps, "step")) (time of \(owner))"
  }

  /// The label in a sentence: `ratio 0.5 webui`, `12 steps (time of 0.5)`.
  public var title: String { equalTimeRatio == nil ? "ratio \(label)" : label }

  /// As the words begin a sentence or stand over a picture: `Ratio 0.5`, `12 steps (time of 0.5)`.
  public var heading: String { isBaseline ? "Baseline" : title.prefix(1).uppercased() + title.dropFirst() }

  /// What decides its pictures, for a file's name: `0.5`, `0.5-webui`, `0-steps-12`.
  public var fileLabel: String { details.replacing(" ", with: "-").replacing("%", with: "") }

  private var details: String { ([ratioText ?? NumberText.ratio(ratio)] + rule).joined(separator: " ") }

  /// What follows the ratio.
  private var rule: [String] {
    var parts: [String] = []
    if let ratio = recipe.otherHiresRatio { parts.append("hires \(NumberText.exact(ratio))") }
    if let merging = recipe.merging ?? recipe.hiresMerging {
      let plain = MergingOptions()
      if merging.variant != plain.variant { parts.append(merging.variant.rawValue) }
      if merging.sx != plain.sx { parts.append("sx \(merging.sx)") }
      if merging.sy != plain.sy { parts.append("sy \(merging.sy)") }
      if merging.maxDownsample != plain.maxDownsample {
        parts.append("max_downsample \(merging.maxDownsample)")
      }
      // The web UI's rule is that it draws nothing.
      if merging.useRand != plain.useRand, merging.variant != .webui { parts.append("no_rand") }
      if merging.mergeAttn != plain.mergeAttn { parts.append("no_merge_attn") }
      if merging.mergeCrossattn != plain.mergeCrossattn { parts.append("merge_crossattn") }
      if merging.mergeMlp != plain.mergeMlp { parts.append("merge_mlp") }
      if merging.steps != plain.steps { parts.append("merge_steps \(merging.steps)") }
    }
    if let scheduler { parts.append(scheduler.rawValue) }
    if let clipSkip { parts.append("clip_skip \(clipSkip)") }
    if let steps { parts.append("steps \(steps)") }
    return parts
  }

  /// Whether a user who writes so means this variant: its label, or the same with its ratio written otherwise, as in
  /// `0.50 webui`.
  public func isCalled(_ text: String) -> Bool {
    if text == label { return true }
    let words = text.split(separator: " ")
    return equalTimeRatio == nil && words.first.flatMap { Double($0) } == ratio
      && words.dropFirst().joined(separator: " ") == rule.joined(separator: " ")
  }
}

extension [VariantRecord] {
  /// Writes the ratios of variants that would have the same label with as many decimals as tell them apart.
  public mutating func tellApart() {
    for places in Dictionary(grouping: indices, by: { self[$0].label }).values where places.count > 1 {
      let ratios = places.map { self[$0].ratio }
      for place in places { self[place].ratioText = NumberText.ratio(self[place].ratio, among: ratios) }
    }
  }
}
