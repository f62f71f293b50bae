import Metrics
public import ResultStore
package import Statistics

/// What people say of a run's pictures: their votes against the baseline, ratio by ratio, and from which ratio on they
/// notice a change.
public struct People: Sendable {
  /// How often a score says of a picture what people say.
  public struct ScoreAgreement: Sendable {
    public let measure: Measure
    /// Of the decided votes, those on the side of the higher score; halves where both pictures score the same.
    package let share: ClusteredShare
  }

  /// Somebody with their catch trials.
  public struct Voter: Sendable {
    public let record: VoterRecord
    public let votes: Int
    package let trials: CatchTrials
  }

  /// Those whose votes or marks are used.
  public let voters: [Voter]
  /// By variant.
  package let preferences: [Int64: Preference]
  /// Of people on pictures that two or more voted on.
  package let agreement: Agreement?
  public let scores: [ScoreAgreement]
  /// Over ``steps``.
  package let noticed: NoticedCurve?
  /// The ratios that merge as the first does, in the order in which they are gone through.
  public let steps: [VariantRecord]

  /// All votes that count: neither skipped nor catch trials.
  public var voteCount: Int { preferences.values.reduce(0) { $0 + $1.voteCount } }
  /// How far from one half a share may lie and still count as no preference; nil without votes.
  public var margin: Double? { preferences.values.first?.margin }
  package var trials: CatchTrials { voters.reduce(CatchTrials(answered: 0, alike: 0)) { $0 + $1.trials } }
}

extension People {
  /// - Parameter margin: See ``Statistics/Preference/margin``.
  /// - Returns: nil where nobody voted on the pairing's pictures or marked them, and where they are not compared with
  ///   the run's baseline.
  init?(_ pairing: Pairing, margin: Double) {
    let contents = pairing.contents
    guard pairing.kind == .baseline, !contents.voters.isEmpty else { return nil }
    let votes = Votes(pairing)
    let entries = pairing.entries.map(\.variant)
    let judged = Preference.all(entries.map { votes.preferences(of: $0) }, margin: margin)
    preferences = Dictionary(
      zip(entries, judged).compactMap { variant, preference in preference.map { (variant.id, $0) } },
      uniquingKeysWith: { first, _ in first })
    agreement = Agreement(votes.items)
    scores = contents.measures.filter { !$0.metric.needsBaseline }.compactMap { measure in
      ClusteredShare(votes.agreements(with: measure)).map { ScoreAgreement(measure: measure, share: $0) }
    }
    steps = Self.steps(contents.variants)
    let marks = Self.marks(pairing, steps: steps)
    noticed = NoticedCurve(marks, steps: steps.count)
    let marking = Set(noticed == nil ? [] : marks.map(\.person))
    voters = contents.voters.compactMap { voter in
      let (own, trials) = votes.ofVoter(voter.id)
      guard own > 0 || trials.answered > 0 || marking.contains(voter.id) else { return nil }
      return Voter(record: voter, votes: own, trials: trials)
    }
    if voters.isEmpty { return nil }
  }

  /// The ratios that are gone through in one row: those that merge as the first does.
  private static func steps(_ variants: [VariantRecord]) -> [VariantRecord] {
    let merged = variants.filter { $0.isMerged && $0.isSampledLikeBaseline }
    return merged.filter { variant in merged.first.map(variant.mergesLike) == true }
  }

  /// A mark at a ratio of another rule, which comes after these, found no change at any of them. One at unmerged
  /// pictures of fewer steps says nothing of the ratios after it, and is left out.
  private static func marks(_ pairing: Pairing, steps: [VariantRecord]) -> [NoticedCurve.Mark] {
    let places = Dictionary(
      steps.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    let merged = Set(pairing.contents.variants.filter(\.isMerged).map(\.id))
    let prompts = Set(pairing.prompts.map(\.own.id))
    return pairing.contents.noticed.compactMap { mark in
      guard prompts.contains(mark.promptID), mark.variantID.map(merged.contains) ?? true else { return nil }
      return .init(
        prompt: pairing.unit(of: mark.promptID), person: mark.voterID,
        step: mark.variantID.flatMap { places[$0] })
    }
  }
}
