public import Pictures
import TokenMerging

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
    /// How it is made: the run's ``ImportedRun/baseline``, or the same with merging.
    public let recipe: PictureRecipe
    public let file: ReadPicture
  }

  public let model: ModelIdentity
  public let sampling: Sampling
  public let prompts: [Prompt]
  public let pictures: [Picture]

  /// How its pictures without merging are made.
  public var baseline: PictureRecipe { PictureRecipe(model: model.reference, sampling: sampling) }

  /// The recipes that occur, without merging first and then by rising ratio, each with its number of pictures.
  public var counts: [(recipe: PictureRecipe, pictures: Int)] {
    func rank(_ recipe: PictureRecipe) -> [Double] {
      [recipe.merging?.ratio ?? -1, recipe.otherHiresRatio ?? -1]
    }
    func variant(_ recipe: PictureRecipe) -> String {
      (recipe.merging ?? recipe.hiresMerging)?.variant.rawValue ?? ""
    }
    return Dictionary(grouping: pictures, by: \.recipe).map { ($0.key, $0.value.count) }.sorted {
      let (own, other) = (rank($0.recipe), rank($1.recipe))
      return own == other
        ? variant($0.recipe) < variant($1.recipe) : own.lexicographicallyPrecedes(other)
    }
  }

  /// What made the pictures: the first that says so.
  public var engine: EngineIdentity {
    pictures.lazy.compactMap(\.file.facts.engine).first ?? EngineIdentity(name: "unknown")
  }
}
