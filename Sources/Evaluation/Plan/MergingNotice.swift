public import Pictures
public import ResultStore
public import TokenMerging
import Wording

/// What a user should know of a ratio beforehand: that it has no or less effect, or another than elsewhere.
public enum MergingNotice {
  /// Nil for a variant that merges as much as was asked for, and for one without merging.
  /// - Parameter grids: of the tokens in the model's transformer blocks
  public static func of(_ variant: VariantRecord, grids: [TokenGrid]) -> String? {
    guard let merging = variant.recipe.merging else { return nil }
    if !merging.mergeAttn && !merging.mergeCrossattn && !merging.mergeMlp {
      return "\(variant.title) merges nothing: merging is off for attention, cross-attention and MLP"
    }
    if let steps = variant.recipe.sampling.takenSteps, merging.steps.indices(of: steps).isEmpty {
      return
        "\(variant.title) merges nothing: none of the \(NumberText.count(steps, "step")) lies in \(merging.steps)"
    }
    if merging.variant == .todo {
      return variant.effectiveRatio > 0
        ? nil
        : "\(variant.title) leaves nothing out at this size, with a max_downsample of \(merging.maxDownsample)"
          + remedy(merging, grids)
    }
    if variant.effectiveRatio == 0 {
      return "\(variant.title) merges nothing at this size, with cells of \(merging.sx)x\(merging.sy) and a "
        + "max_downsample of \(merging.maxDownsample)" + remedy(merging, grids)
    }
    return capped(variant)
  }

  /// The least `max_downsample` with which something is merged, where there is one.
  private static func remedy(_ merging: MergingOptions, _ grids: [TokenGrid]) -> String {
    // A rule that fixes the option stays as it is, whatever is tried.
    let better = MergingOptions.maxDownsamples.first { value in
      var options = merging
      options.maxDownsample = value
      return value > merging.maxDownsample && options.effectiveRatio(over: grids) > 0
    }
    let finest = grids.map(\.downsample).min() ?? 1
    let reason =
      finest > merging.inForce.maxDownsample
      ? "this model attends to no more than every \(ordinal(finest)) latent" : nil
    let advice = better.map { "a max_downsample of \($0) merges" }
    let parts = [reason, advice].compactMap(\.self)
    return parts.isEmpty ? "" : ": " + parts.joined(separator: "; ")
  }

  private static func ordinal(_ number: Int) -> String {
    switch number {
    case 2: "second"
    case 3: "third"
    default: "\(number)th"
    }
  }

  /// What is said when pictures are batches of one, for which tomesd draws nothing at random.
  public static func unpaired(_ recipes: [PictureRecipe], hasPair: (Sampling) -> Bool) -> String? {
    let concerned = recipes.contains { recipe in
      guard let merging = recipe.merging ?? recipe.hiresMerging, merging.variant == .tomesd, merging.useRand
      else { return false }
      return !hasPair(recipe.sampling)
    }
    return concerned
      ? "without a guidance pair, a picture is a batch of one: tomesd then takes the first token of each cell as "
        + "destination instead of a random one, whatever use_rand says" : nil
  }

  /// Nil for a ratio that acts as asked for.
  static func capped(_ variant: VariantRecord) -> String? {
    guard let merging = variant.recipe.merging, variant.effectiveRatio < variant.ratio else { return nil }
    return "\(variant.title) acts as \(NumberText.ratio(variant.effectiveRatio)): one token of each "
      + "\(merging.sx)x\(merging.sy) cell is always kept"
  }

  /// What is said when a merging rule overrules options that were asked for.
  static func overruled(_ options: [MergingOptions]) -> String? {
    func isOverruled(_ variant: MergeVariant) -> Bool {
      options.contains { $0.variant == variant && $0.inForce != $0 }
    }
    let rules = [
      isOverruled(.comfyui)
        ? "comfyui merges self-attention's queries in 2x2 cells at the latents' own resolution" : nil,
      isOverruled(.todo) ? "todo thins self-attention's keys and values, and draws nothing" : nil,
    ].compactMap(\.self)
    return rules.isEmpty ? nil : rules.joined(separator: "; ") + ", whatever other merging options say"
  }
}
