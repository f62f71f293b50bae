import Pictures
import TokenMerging
import Wording

/// How a variant is called wherever it is shown: short, and unique within a run.
extension VariantRecord {
  /// The ratio, and whatever differs from plain tomesd at the run's own steps: `0.5`,
  /// `0.5 webui`, `0.5 max_downsample 2`, `0.5 steps 10`. An unmerged variant of equal
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
  public var fileLabel: String { details.replacing(" ", with: "-") }

  private var details: String {
    var parts = [NumberText.ratio(ratio)]
    if let merging = recipe.merging {
      let plain = MergingOptions(ratio: ratio)
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
    }
    if let steps { parts.append("steps \(steps)") }
    return parts.joined(separator: " ")
  }
}
