public import Foundation
import GRDB
public import Pictures

/// One sweep as it was asked for: which model, which pictures. Who made them, and when, are its executions.
public struct RunRecord: StoredRecord {
  public static let databaseTableName = "run"

  @RowID public var id: Int64
  /// A hash of the pictures that were asked for: the same sweep is the same run, whatever scores them. See
  /// ``key(recipes:prompts:seeds:)``.
  public var key: String
  public var name: String
  public var created: Date
  public var modelName: String
  public var modelFingerprint: String
  /// What the model's folder says about itself, as the demonstration model does.
  public var modelNote: String?
  /// How the run's baseline was sampled. Variants may have other values, see ``VariantRecord/recipe``.
  public var sampling: Sampling
  /// `mini`, `full` or the path of a file.
  public var promptSet: String

  public init(
    key: String, name: String, created: Date, model: ModelIdentity, sampling: Sampling, promptSet: String
  ) {
    id = 0
    self.key = key
    self.name = name
    self.created = created
    modelName = model.name
    modelFingerprint = model.fingerprint
    modelNote = model.note
    self.sampling = sampling
    self.promptSet = promptSet
  }

  public var model: ModelIdentity {
    ModelIdentity(name: modelName, fingerprint: modelFingerprint, note: modelNote)
  }

  /// The same for equal sets of pictures, and for no others.
  ///
  /// - Parameter recipes: of the variants that were planned, in any order
  public static func key(recipes: [PictureRecipe], prompts: [PromptRecord], seeds: [Seed]) -> String {
    struct Asked: Encodable {
      struct Prompt: Encodable {
        let row: Int
        let text: String
        let category: String?
        let challenge: String?
      }

      let recipes: [String]
      let prompts: [Prompt]
      let seeds: [Seed]
    }
    return contentHash(
      of: Asked(
        recipes: recipes.map(\.key).sorted(),
        prompts: prompts.map {
          .init(row: $0.row, text: $0.text, category: $0.category, challenge: $0.challenge)
        }, seeds: seeds))
  }

  /// That of pictures from elsewhere: of all whose baseline is made so, under the name that the user gave them.
  public static func key(imported baseline: PictureRecipe, name: String?) -> String {
    contentHash(of: ["imported", baseline.key, name ?? ""])
  }
}
