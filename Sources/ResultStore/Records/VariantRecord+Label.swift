/// How a variant is called wherever it is shown: short, and unique within a run.
extension VariantRecord {
  /// The ratio, and whatever differs from plain tomesd at the run's own steps: `0.5`,
  /// `0.5 webui`, `0.5 max_downsample 2`, `0.5 steps 10`. An unmerged variant of equal
  /// time is called by its steps, as in `12 steps (time of 0.5)`.
  public var label: String {
    guard let equalTimeRatio, let steps else { return details }
    let owner = equalTimeOf ?? ratioText(equalTimeRatio)
    return "\(steps) step\(steps == 1 ? "" : "s") (time of \(owner))"
  }

  /// The label in a sentence: `ratio 0.5 webui`, `12 steps (time of 0.5)`.
  public var title: String { equalTimeRatio == nil ? "ratio \(label)" : label }

  /// What decides its pictures, for a file's name: `0.5`, `0.5-webui`, `0-steps-12`.
  public var fileLabel: String { details.replacing(" ", with: "-") }

  private var details: String {
    let plain = VariantRecord(ratio: ratio, effectiveRatio: effectiveRatio, isBaseline: isBaseline)
    var parts = [ratioText(ratio)]
    // Without merging, its options make no difference.
    if ratio > 0 {
      if mergeVariant != plain.mergeVariant { parts.append(mergeVariant) }
      if sx != plain.sx { parts.append("sx \(sx)") }
      if sy != plain.sy { parts.append("sy \(sy)") }
      if maxDownsample != plain.maxDownsample { parts.append("max_downsample \(maxDownsample)") }
      // The web UI's rule is that it draws nothing.
      if useRand != plain.useRand, mergeVariant != "webui" { parts.append("no_rand") }
      if mergeAttn != plain.mergeAttn { parts.append("no_merge_attn") }
      if mergeCrossattn != plain.mergeCrossattn { parts.append("merge_crossattn") }
      if mergeMlp != plain.mergeMlp { parts.append("merge_mlp") }
    }
    if let steps { parts.append("steps \(steps)") }
    return parts.joined(separator: " ")
  }
}

/// A ratio as people write it: 0, 0.5, 0.75.
public func ratioText(_ ratio: Double) -> String {
  let rounded = (ratio * 10_000).rounded() / 10_000
  return Int(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
}
