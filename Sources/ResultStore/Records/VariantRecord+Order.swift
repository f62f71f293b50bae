import Pictures
import TokenMerging

/// The order of a run's variants in tables, and in which its pictures are made.
extension VariantRecord {
  /// The baseline first; then those with its scheduler before those with others, by their names, those with its clip
  /// skip before those with others, those at the run's own steps before those with fewer, by merging rule, by its options and by rising ratio. An unmerged variant of equal time
  /// comes right after the ratio whose time it has.
  public func precedes(_ other: VariantRecord) -> Bool {
    let (own, others) = (scheduler?.rawValue ?? "", other.scheduler?.rawValue ?? "")
    return own == others ? rank.lexicographicallyPrecedes(other.rank) : own < others
  }

  private var rank: [Double] {
    let isEqualTime = equalTimeRatio != nil
    let group = isEqualTime ? -Double.infinity : steps.map { -Double($0) } ?? -Double.infinity
    let skip = clipSkip.map { Double($0) } ?? -1
    return [isBaseline ? 0 : 1, skip, group] + rule + [
      equalTimeRatio ?? ratio, isEqualTime ? 1 : 0, Double(id),
    ]
  }

  /// Whether both merge alike, whatever their ratios.
  public func mergesLike(_ other: VariantRecord) -> Bool { rule == other.rule }

  /// How it merges; an unmerged variant of equal time stands with those whose time it has.
  private var rule: [Double] {
    Self.rank(recipe.merging ?? recipe.hiresMerging ?? equalTimeMerging ?? MergingOptions())
      + [recipe.otherHiresRatio ?? -1]
  }

  private static func rank(_ merging: MergingOptions) -> [Double] {
    [
      Double(MergeVariant.allCases.firstIndex(of: merging.variant) ?? MergeVariant.allCases.count),
      Double(merging.maxDownsample), Double(merging.sx), Double(merging.sy), merging.useRand ? 0 : 1,
      merging.mergeAttn ? 0 : 1, merging.mergeCrossattn ? 1 : 0, merging.mergeMlp ? 1 : 0,
      merging.steps.start,
      -merging.steps.end,
    ]
  }
}
