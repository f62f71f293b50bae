import Images
public import Machine
public import Pictures
public import TokenMerging

/// Whether a ratio changes anything at all where an engine makes its pictures: one picture without merging, and the
/// same with the most merging that 2×2 cells allow.
public struct EffectProbe: Sendable {
  public static let steps = 4
  public static let ratio = 0.75
  private static let prompt = "a red cube on top of a blue cube"

  public let sampling: Sampling
  public let unmerged: MadePicture
  public let merged: MadePicture

  /// - Parameters:
  ///   - wish: how to sample, apart from the steps
  ///   - variant: the engine's rule
  ///   - seed: of both; another one every time where an engine keeps what it made
  /// - Throws: ``EngineError``, ``EngineStopped`` or `CancellationError`
  public init(
    _ engine: any PictureEngine, wish: SamplingWish, variant: MergeVariant, seed: Seed,
    _ cancellation: Cancellation
  ) throws {
    var wish = wish
    wish.steps = Self.steps
    let sampling = try engine.resolve(wish)
    func picture(_ merging: MergingOptions?) throws -> MadePicture {
      let recipe = PictureRecipe(model: engine.model.reference, sampling: sampling, merging: merging)
      try engine.validate(recipe)
      let request = PictureRequest(recipe, prompt: Self.prompt, seed: seed)
      return try engine.begin(prompt: Self.prompt, sampling: sampling)
        .picture(request, PictureObserver(cancellation))
    }
    self.sampling = sampling
    unmerged = try picture(nil)
    merged = try picture(MergingOptions(ratio: Self.ratio, variant: variant).inForce)
  }

  /// The share of the pictures' 8-bit values that merging changed.
  public var changedShare: Double {
    let pairs = zip(unmerged.image.pixels, merged.image.pixels)
    return Double(pairs.count { $0 != $1 }) / Double(max(unmerged.image.pixels.count, 1))
  }
}
