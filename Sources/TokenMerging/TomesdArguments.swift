/// The arguments of `tomesd.apply_patch` (tomesd/patch.py, 0.1.3), for a program that calls it.
package struct TomesdArguments: Encodable, Sendable {
  let ratio: Double
  let maxDownsample: Int
  let sx: Int
  let sy: Int
  let useRand: Bool
  let mergeAttn: Bool
  let mergeCrossattn: Bool
  let mergeMlp: Bool

  /// - Parameter options: of a rule that `tomesd` has
  package init(_ options: MergingOptions) {
    ratio = options.ratio
    maxDownsample = options.maxDownsample
    (sx, sy) = (options.sx, options.sy)
    useRand = options.useRand
    (mergeAttn, mergeCrossattn, mergeMlp) = (options.mergeAttn, options.mergeCrossattn, options.mergeMlp)
  }
}
