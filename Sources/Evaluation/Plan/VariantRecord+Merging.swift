public import ResultStore
public import TokenMerging

/// The store's row of merging options and the options themselves.
extension VariantRecord {
  /// - Parameters:
  ///   - options: the baseline's when neither they merge nor the steps are fewer.
  ///   - steps: nil for the run's own
  init(options: MergingOptions, steps: Int? = nil, effectiveRatio: Double) {
    self.init(
      ratio: options.ratio, effectiveRatio: options.ratio == 0 ? 0 : effectiveRatio,
      maxDownsample: options.maxDownsample, sx: options.sx, sy: options.sy, useRand: options.useRand,
      mergeAttn: options.mergeAttn, mergeCrossattn: options.mergeCrossattn, mergeMlp: options.mergeMlp,
      mergeVariant: options.variant.rawValue, steps: steps, isBaseline: options.ratio == 0 && steps == nil)
  }

  /// - Precondition: the store's `mergeVariant` is one that this version knows.
  public var options: MergingOptions {
    guard let variant = MergeVariant(rawValue: mergeVariant) else {
      preconditionFailure("a variant that merges by the rule '\(mergeVariant)'")
    }
    return MergingOptions(
      ratio: ratio, maxDownsample: maxDownsample, sx: sx, sy: sy, useRand: useRand, mergeAttn: mergeAttn,
      mergeCrossattn: mergeCrossattn, mergeMlp: mergeMlp, variant: variant)
  }

  /// How the variant's pictures are made: without a ratio with no merging at all.
  public var merging: MergingOptions? { ratio == 0 ? nil : options }
}
