/// Which merging ratio the data supports, or why it supports none.
public enum Recommendation: Hashable, Sendable {
  /// The largest ratio shown to be equivalent to the baseline (or better), all smaller ones included.
  case ratio(Double)
  /// The smallest ratio compared is already worse.
  case noneSafe
  /// No ratio could be shown equivalent; `promptsNeeded` in all would probably settle the smallest one.
  case undecided(promptsNeeded: Int?)
  /// Too few prompts to say anything.
  case tooFewPrompts(Int)

  /// With fewer prompts a few unusual ones decide, and no advice is given.
  public static let minimumPrompts = 20
  /// How often prompts are drawn for how sure a recommendation is.
  public static let resamples = 1000

  /// One compared ratio, as far as advice depends on it.
  public struct Candidate: Hashable, Sendable {
    /// Of merging, 0…1.
    public let ratio: Double
    /// Of the comparison with the baseline.
    public let verdict: Verdict
    /// Prompts that were compared.
    public let promptCount: Int
    /// See ``PairedComparison/promptsNeeded``.
    public let promptsNeeded: Int?

    /// What a ``PairedComparison`` says of a ratio.
    public init(ratio: Double, verdict: Verdict, promptCount: Int, promptsNeeded: Int?) {
      self.ratio = ratio
      self.verdict = verdict
      self.promptCount = promptCount
      self.promptsNeeded = promptsNeeded
    }
  }

  /// Walks up from the smallest ratio and stops at the first that is not shown safe: a larger ratio that looks
  /// safe beyond an unsafe one is chance. Nil when nothing is compared.
  public init?(_ candidates: [Candidate]) {
    let ascending = candidates.sorted { $0.ratio < $1.ratio }
    guard let smallest = ascending.first else { return nil }
    let safe = ascending.prefix {
      $0.promptCount >= Self.minimumPrompts && ($0.verdict == .equivalent || $0.verdict == .better)
    }
    if let largest = safe.last {
      self = .ratio(largest.ratio)
    } else if smallest.promptCount < Self.minimumPrompts {
      self = .tooFewPrompts(smallest.promptCount)
    } else if smallest.verdict == .worse {
      self = .noneSafe
    } else {
      self = .undecided(promptsNeeded: smallest.promptsNeeded)
    }
  }
}
