import Pictures
public import ResultStore
import TokenMerging
import Wording

/// What a user should know of a ratio beforehand: that it has no or less effect.
public enum MergingNotice {
  /// Nil for a variant that merges as much as was asked for, and for one without merging.
  public static func of(_ variant: VariantRecord) -> String? {
    guard let merging = variant.recipe.merging else { return nil }
    if !merging.mergeAttn && !merging.mergeCrossattn && !merging.mergeMlp {
      return "\(variant.title) merges nothing: merging is off for attention, cross-attention and MLP"
    }
    if variant.effectiveRatio == 0 {
      return "\(variant.title) merges nothing at this size, with cells of \(merging.sx)x\(merging.sy) and a "
        + "max_downsample of \(merging.maxDownsample)"
    }
    return capped(variant)
  }

  /// Nil for a ratio that acts as asked for.
  static func capped(_ variant: VariantRecord) -> String? {
    guard let merging = variant.recipe.merging, variant.effectiveRatio < variant.ratio else { return nil }
    return "\(variant.title) acts as \(NumberText.ratio(variant.effectiveRatio)): one token of each "
      + "\(merging.sx)x\(merging.sy) cell is always kept"
  }

  /// What is said when a merging rule overrules options that were asked for.
  static func overruled(_ options: [MergingOptions]) -> String? {
    options.contains { $0.variant == .comfyui && $0.inForce != $0 }
      ? "comfyui merges self-attention's queries in 2x2 cells at the latents' own resolution, whatever other "
        + "merging options say" : nil
  }
}
