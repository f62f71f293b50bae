import GRDB

/// One prompt of a run.
public struct PromptRecord: StoredRecord {
  public static let databaseTableName = "prompt"

  public var id: Int64
  public var runID: Int64
  /// The row in the published Parti Prompts file, or the line of the user's file.
  public var row: Int
  public var text: String
  public var category: String?
  public var challenge: String?
  /// `mini` or `full` for the bundled prompts.
  public var subset: String?

  public init(
    id: Int64 = 0, runID: Int64 = 0, row: Int, text: String, category: String? = nil,
    challenge: String? = nil, subset: String? = nil
  ) {
    self.id = id
    self.runID = runID
    self.row = row
    self.text = text
    self.category = category
    self.challenge = challenge
    self.subset = subset
  }
}

/// One way of merging tokens: the ratio and every other argument of
/// `tomesd.apply_patch`.
public struct VariantRecord: StoredRecord {
  public static let databaseTableName = "variant"

  public var id: Int64
  public var runID: Int64
  /// The ratio asked for.
  public var ratio: Double
  /// The ratio in force: `sx`·`sy` cells cap it, at 0.75 for 2×2.
  public var effectiveRatio: Double
  public var maxDownsample: Int
  public var sx: Int
  public var sy: Int
  public var useRand: Bool
  public var mergeAttn: Bool
  public var mergeCrossattn: Bool
  public var mergeMlp: Bool
  /// Whose merging rule it is: `tomesd`, `webui` or `comfyui`.
  public var mergeVariant: String
  /// Denoising steps, where they are not the run's own.
  public var steps: Int?
  /// For an unmerged variant with fewer steps: the ratio whose measured time it matches,
  /// the largest when several have it. Its other merging options are those of that
  /// ratio's variant.
  public var equalTimeRatio: Double?
  /// The labels of all variants whose time it matches, as in `0.3 and 0.5`.
  public var equalTimeOf: String?
  /// Made with no merging at all; what the other variants are compared with.
  public var isBaseline: Bool

  public init(
    id: Int64 = 0, runID: Int64 = 0, ratio: Double, effectiveRatio: Double, maxDownsample: Int = 1,
    sx: Int = 2, sy: Int = 2, useRand: Bool = true, mergeAttn: Bool = true, mergeCrossattn: Bool = false,
    mergeMlp: Bool = false, mergeVariant: String = "tomesd", steps: Int? = nil, equalTimeRatio: Double? = nil,
    equalTimeOf: String? = nil, isBaseline: Bool
  ) {
    self.id = id
    self.runID = runID
    self.ratio = ratio
    self.effectiveRatio = effectiveRatio
    self.maxDownsample = maxDownsample
    self.sx = sx
    self.sy = sy
    self.useRand = useRand
    self.mergeAttn = mergeAttn
    self.mergeCrossattn = mergeCrossattn
    self.mergeMlp = mergeMlp
    self.mergeVariant = mergeVariant
    self.steps = steps
    self.equalTimeRatio = equalTimeRatio
    self.equalTimeOf = equalTimeOf
    self.isBaseline = isBaseline
  }
}
