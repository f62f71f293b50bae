/// Everything that decides a picture's pixels: equal requests, equal pictures, whoever makes them.
///
/// A request is complete: what a user left open was settled when it was made.
public struct PictureRequest: Hashable, Sendable {
  public var recipe: PictureRecipe
  public var prompt: String
  /// Of the noise and, in a stream of its own, of token merging.
  public var seed: Seed

  public init(_ recipe: PictureRecipe, prompt: String, seed: Seed) {
    self.recipe = recipe
    self.prompt = prompt
    self.seed = seed
  }

  /// The key under which a store keeps the picture.
  public var key: String {
    var unnamed = self
    unnamed.recipe.model = recipe.model.unnamed
    return contentHash(of: unnamed)
  }
}

/// Flat, with the fields of the recipe.
extension PictureRequest: Codable {
  private enum CodingKeys: CodingKey { case prompt, seed }

  /// - Throws: `DecodingError`
  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    recipe = try PictureRecipe(from: decoder)
    prompt = try fields.decode(String.self, forKey: .prompt)
    seed = try fields.decode(Seed.self, forKey: .seed)
  }

  public func encode(to encoder: any Encoder) throws {
    try recipe.encode(to: encoder)
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(prompt, forKey: .prompt)
    try fields.encode(seed, forKey: .seed)
  }
}
