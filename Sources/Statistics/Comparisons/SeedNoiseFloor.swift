/// How far another seed moves the picture of a prompt: the ruler for how far a variant moves it.
///
/// Distances are zero for equal pictures and grow with the difference; a prompt counts once, with the mean over
/// its pairs of seeds.
public struct SeedNoiseFloor<Prompt: Hashable & Sendable>: Hashable, Sendable {
  private let distances: [Prompt: Double]

  /// Of distances between pictures of one prompt and two seeds.
  /// - Parameter measurements: One distance for every prompt and pair of seeds, of the unmerged pictures.
  /// - Returns: nil without any, as of a sweep with one seed.
  public init?(_ measurements: some Sequence<(prompt: Prompt, distance: Double)>) {
    distances = Self.means(measurements)
    if distances.isEmpty { return nil }
  }

  /// Prompts of which there are distances.
  public var promptCount: Int { distances.count }
  /// Mean over prompts.
  public var mean: Double { distances.values.sorted().mean }

  /// A variant's mean distance to its baseline over the mean distance between seeds, both over the prompts that
  /// have both, with an interval over prompts; 0.31 for 31 % as far as another seed.
  /// - Parameters:
  ///   - measurements: One distance for every prompt and seed, of the variant's picture to its baseline.
  ///   - order: The prompts to take, each once; their order decides what is drawn.
  ///   - bootstrap: Makes the interval.
  /// - Returns: nil when no prompt has both, or seeds don't differ on the whole.
  public func share(
    of measurements: some Sequence<(prompt: Prompt, distance: Double)>, order: [Prompt],
    bootstrap: Bootstrap = Bootstrap()
  ) -> Estimate? {
    let variant = Self.means(measurements)
    let prompts = order.filter { variant[$0] != nil && distances[$0] != nil }
    let above = prompts.compactMap { variant[$0] }
    let below = prompts.compactMap { distances[$0] }
    guard below.reduce(0, +) > 0 else { return nil }
    return bootstrap.quotient(of: above, over: below)
  }

  private static func means(
    _ measurements: some Sequence<(prompt: Prompt, distance: Double)>
  ) -> [Prompt: Double] {
    Dictionary(grouping: measurements, by: \.prompt).mapValues { $0.map(\.distance).mean }
  }
}
