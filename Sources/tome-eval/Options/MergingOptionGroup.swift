public import ArgumentParser
public import TokenMerging

extension MergeVariant: ExpressibleByArgument {}

/// The arguments of `tomesd.apply_patch` but the ratio.
struct MergingOptionGroup: ParsableArguments {
  @Option(help: ArgumentHelp("Width of the cells that keep one token each.", valueName: "n"))
  var sx = 2

  @Option(help: ArgumentHelp("Height of the cells that keep one token each.", valueName: "n"))
  var sy = 2

  @Option(
    help: ArgumentHelp(
      "Merge in blocks downsampled by at most this factor: 1, 2, 4 or 8.", valueName: "n"))
  var maxDownsample = 1

  @Flag(help: "Keep the top left token of each cell, not one drawn at random.")
  var noRand = false

  @Flag(help: "Don't merge for self-attention.")
  var noMergeAttn = false

  @Flag(help: "Merge for cross-attention too.")
  var mergeCrossattn = false

  @Flag(help: "Merge for the MLP too.")
  var mergeMlp = false

  @Option(
    help: ArgumentHelp(
      "Merge in this part of the steps only, as in 0-60%: what extensions call “disable after 0.6”.",
      valueName: "from-to%"))
  var mergeSteps: StepRange = .all

  /// What services merge without being asked.
  var fixedOptions: [(name: String, isGiven: Bool)] {
    let plain = MergingOptions()
    return [
      ("sx", sx != plain.sx), ("sy", sy != plain.sy),
      ("max-downsample", maxDownsample != plain.maxDownsample),
      ("no-merge-attn", noMergeAttn), ("merge-crossattn", mergeCrossattn), ("merge-mlp", mergeMlp),
      ("merge-steps", mergeSteps != plain.steps),
    ]
  }

  /// - Throws: `MergingError` naming the argument that is out of its range.
  func options(ratio: Double) throws -> MergingOptions {
    let options = MergingOptions(
      ratio: ratio, maxDownsample: maxDownsample, sx: sx, sy: sy, useRand: !noRand, mergeAttn: !noMergeAttn,
      mergeCrossattn: mergeCrossattn, mergeMlp: mergeMlp, steps: mergeSteps)
    try options.validate()
    return options
  }
}

extension StepRange: ExplainedArgument {
  init(parsing text: String) throws(ArgumentProblem) {
    guard let range = StepRange(text) else {
      throw ArgumentProblem("'\(text)' is no part of the steps; write where it begins and ends, as in 0-60%")
    }
    self = range
  }
}
