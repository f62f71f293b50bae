public import ResultStore
public import TokenMerging

/// The store's row of merging options and the options themselves.
extension VariantRecord {
  init(ratio: Double, effectiveRatio: Double, options: MergingOptions, isBaseline: Bool) {
    self.init(
      ratio: ratio, effectiveRatio: isBaseline ? 0 : effectiveRatio, maxDownsample: options.maxDownsample,
      sx: options.sx, sy: options.sy, useRand: options.useRand, mergeAttn: options.mergeAttn,
      mergeCrossattn: options.mergeCrossattn, mergeMlp: options.mergeMlp, isBaseline: isBaseline)
  }

  public var options: MergingOptions {
    MergingOptions(
      ratio: ratio, maxDownsample: maxDownsample, sx: sx, sy: sy, useRand: useRand, mergeAttn: mergeAttn,
      mergeCrossattn: mergeCrossattn, mergeMlp: mergeMlp)
  }

  /// How the variant's pictures are made: the baseline with no merging at all.
  public var merging: MergingOptions? { isBaseline ? nil : options }
}
