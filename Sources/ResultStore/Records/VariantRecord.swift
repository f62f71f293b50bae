import GRDB
public import Pictures
public import TokenMerging

/// One way of making a run's pictures: its recipe, and what came of it.
public struct VariantRecord: StoredRecord {
  public static let databaseTableName = "variant"

  @RowID public var id: Int64
  public var runID: Int64
  /// ``PictureRecipe/key``, which tells it from the run's other variants.
  public var key: String
  /// ``ModelReference/id`` of the recipe's model.
  public var model: String
  public var recipe: PictureRecipe
  /// The ratio asked for, of the first pass where there are two.
  public var ratio: Double
  /// The ratio in force, see ``Pictures/PictureRecipe/effectiveRatio(over:)``.
  public var effectiveRatio: Double
  /// For an unmerged variant with fewer steps: the merging whose measured time it matches, that of the largest ratio
  /// when several have it.
  public var equalTimeMerging: MergingOptions?
  /// The labels of all variants whose time it matches, as in `0.3 and 0.5`.
  public var equalTimeOf: String?
  /// Made with no merging at all; what the other variants are compared with.
  public var isBaseline: Bool
  /// Denoising steps where they are not those of the run's baseline. Follows from the recipe; not stored.
  public private(set) var steps: Int?
  /// The scheduler where it is not that of the run's baseline. Follows from the recipe; not stored.
  public private(set) var scheduler: SchedulerName?
  /// How many of the text encoder's layers are left out, where it is not as in the run's baseline. Follows from the
  /// recipe; not stored.
  public private(set) var clipSkip: Int?
  /// The ratio in labels where four decimals do not tell it from the run's other variants, see
  /// ``Swift/Array/tellApart()``. Not stored.
  var ratioText: String?

  private enum CodingKeys: CodingKey {
    case id, runID, key, model, recipe, ratio, effectiveRatio, equalTimeMerging, equalTimeOf, isBaseline
  }

  /// - Parameter baseline: how the run's baseline is sampled
  public init(
    id: Int64 = 0, runID: Int64 = 0, recipe: PictureRecipe, baseline: Sampling, effectiveRatio: Double,
    equalTimeMerging: MergingOptions? = nil, equalTimeOf: String? = nil
  ) {
    self.id = id
    self.runID = runID
    key = recipe.key
    model = recipe.model.id
    self.recipe = recipe
    ratio = recipe.ratio
    self.effectiveRatio = effectiveRatio
    self.equalTimeMerging = equalTimeMerging
    self.equalTimeOf = equalTimeOf
    isBaseline = !recipe.merges && recipe.sampling == baseline
    compare(with: baseline)
  }

  /// Whether nothing but merging tells it from the run's baseline.
  public var isSampledLikeBaseline: Bool { steps == nil && scheduler == nil && clipSkip == nil }

  /// Whether tokens are merged, in any pass.
  public var isMerged: Bool { recipe.merges }

  /// The ratio whose time it matches, see ``equalTimeMerging``.
  public var equalTimeRatio: Double? { equalTimeMerging?.ratio }

  /// Finds what differs from the run's baseline.
  mutating func compare(with baseline: Sampling) {
    steps = recipe.sampling.steps == baseline.steps ? nil : recipe.sampling.steps
    scheduler = recipe.sampling.scheduler == baseline.scheduler ? nil : recipe.sampling.scheduler
    clipSkip = recipe.sampling.clipSkip == baseline.clipSkip ? nil : recipe.sampling.clipSkip ?? 0
  }
}
