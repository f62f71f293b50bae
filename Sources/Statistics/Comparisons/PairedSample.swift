/// Two treatments measured on the same prompts and seeds, reduced to one pair of means per prompt.
///
/// Seeds of one prompt are not independent, prompts are: so each prompt counts once, with the mean over its
/// seeds, and every interval and test below treats the prompt as its unit.
public struct PairedSample<Prompt: Hashable & Sendable>: Hashable, Sendable {
  /// The prompts measured, each once.
  public let prompts: [Prompt]
  /// Mean of the baseline's measurements, one value per prompt.
  public let baseline: [Double]
  /// Mean of the variant's measurements, one value per prompt, in the same order.
  public let variant: [Double]
  /// Variant minus baseline of every (prompt, seed) pair behind the means, prompt by prompt.
  public let pairDifferences: [Double]

  /// One measurement of both treatments for one prompt and seed.
  public struct Pair {
    /// What the measurements have in common, and what is drawn together.
    public let prompt: Prompt
    /// What the baseline was measured to have, in the score's units.
    public let baseline: Double
    /// What the variant was measured to have, in the score's units.
    public let variant: Double

    /// Both measurements of a prompt and seed.
    public init(prompt: Prompt, baseline: Double, variant: Double) {
      self.prompt = prompt
      self.baseline = baseline
      self.variant = variant
    }
  }

  /// Groups the pairs by prompt, keeping the order in which prompts first appear.
  public init(_ pairs: some Sequence<Pair>) {
    var position: [Prompt: Int] = [:]
    var groups: [[Pair]] = []
    for pair in pairs {
      if let known = position[pair.prompt] {
        groups[known].append(pair)
      } else {
        position[pair.prompt] = groups.count
        groups.append([pair])
      }
    }
    prompts = groups.map { $0[0].prompt }
    baseline = groups.map { $0.map(\.baseline).mean }
    variant = groups.map { $0.map(\.variant).mean }
    pairDifferences = groups.flatMap { $0.map { $0.variant - $0.baseline } }
  }

  /// How many pairs there are behind the means.
  public var pairCount: Int { pairDifferences.count }
  /// How many prompts there are.
  public var promptCount: Int { baseline.count }
  /// Whether nothing was measured.
  public var isEmpty: Bool { baseline.isEmpty }
  /// Variant minus baseline, one value per prompt.
  public var differences: [Double] { zip(variant, baseline).map(-) }

  /// Mean over prompts of variant minus baseline, with its interval.
  /// - Precondition: the sample is not empty.
  public func meanDifference(_ bootstrap: Bootstrap = Bootstrap()) -> Estimate {
    bootstrap.mean(of: differences)
  }

  /// Sample standard deviation of the differences (divisor n − 1); nil with fewer than two prompts.
  public var standardDeviation: Double? {
    guard promptCount > 1 else { return nil }
    let differences = differences
    let mean = differences.mean
    let squares = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(promptCount - 1)).squareRoot()
  }
}
