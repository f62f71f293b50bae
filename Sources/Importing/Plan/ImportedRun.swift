public import Pictures
public import TokenMerging

/// Pictures that belong together: of one model, sampled alike, every merged one with its unmerged partner.
public struct ImportedRun: Sendable {
  public struct Prompt: Hashable, Sendable {
    public let text: String
    public let row: Int
    public let category: String?
    public let challenge: String?
  }

  public struct Picture: Sendable {
    /// Index into ``ImportedRun/prompts``.
    public let prompt: Int
    public let seed: Seed
    /// Nil for the baseline.
    public let merging: MergingOptions?
    public let file: ReadPicture
  }

  public let model: ModelIdentity
  public let sampling: Sampling
  public let prompts: [Prompt]
  public let pictures: [Picture]

  /// How its pictures without merging are made.
  public var baseline: PictureRecipe { recipe(nil) }

  public func recipe(_ merging: MergingOptions?) -> PictureRecipe {
    PictureRecipe(model: model.reference, sampling: sampling, merging: merging)
  }

  /// The mergings that occur, none first and then by rising ratio, each with its number of pictures.
  public var counts: [(merging: MergingOptions?, pictures: Int)] {
    Dictionary(grouping: pictures, by: \.merging).map { ($0.key, $0.value.count) }.sorted {
      ($0.merging?.ratio ?? -1, "\($0.merging?.variant.rawValue ?? "")")
        < ($1.merging?.ratio ?? -1, "\($1.merging?.variant.rawValue ?? "")")
    }
  }

  /// What made the pictures: the first that says so.
  public var engine: EngineIdentity {
    pictures.lazy.compactMap(\.file.facts.engine).first ?? EngineIdentity(name: "unknown")
  }
}
