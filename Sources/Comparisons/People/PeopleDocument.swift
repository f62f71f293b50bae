import Metrics
import ResultStore
import Statistics

/// What people say, as JSON: what is not about one ratio. The votes on a ratio stand with it.
struct PeopleDocument: Encodable {
  struct VoterDocument: Encodable {
    let voter: String
    let name: String?
    let votes: Int
    let catchTrials: Int
    let calledAlike: Int
    let doubtful: Bool
  }

  struct ShareDocument: Encodable {
    let value: Double
    let ciLow: Double?
    let ciHigh: Double?
    let count: Int

    init(_ share: Estimate, count: Int) {
      value = share.value
      ciLow = share.interval?.lower
      ciHigh = share.interval?.upper
      self.count = count
    }
  }

  struct NoticedDocument: Encodable {
    let marks: Int
    /// Of the ratios, by their labels, the share that still looks unchanged.
    let unchanged: [Step]
    /// Labels; left out where that is at no ratio.
    let median: String?
    let medianEarliest: String?
    let medianLatest: String?
  }

  struct Step: Encodable {
    let variant: String
    let share: ShareDocument
  }

  let margin: Double?
  let votes: Int
  let voters: [VoterDocument]
  /// Krippendorff's alpha, over as many pictures.
  let agreement: ShareDocument?
  /// By the scores' keys.
  let scoreAgreement: [String: ShareDocument]
  let noticed: NoticedDocument?

  init(_ people: People) {
    margin = people.margin
    votes = people.voteCount
    voters = people.voters.map {
      VoterDocument(
        voter: $0.record.key, name: $0.record.name, votes: $0.votes, catchTrials: $0.trials.answered,
        calledAlike: $0.trials.alike, doubtful: $0.trials.isDoubtful)
    }
    agreement = people.agreement.map { ShareDocument($0.alpha, count: $0.itemCount) }
    scoreAgreement = Dictionary(
      people.scores.map { ($0.measure.key, ShareDocument($0.share.estimate, count: $0.share.count)) },
      uniquingKeysWith: { first, _ in first })
    noticed = people.noticed.map { curve in
      func label(_ step: Int?) -> String? { step.map { people.steps[$0].label } }
      return NoticedDocument(
        marks: curve.markCount,
        unchanged: zip(people.steps, curve.unchanged).map {
          Step(variant: $0.label, share: ShareDocument($1.estimate, count: $1.count))
        }, median: label(curve.median), medianEarliest: label(curve.earliestMedian),
        medianLatest: label(curve.latestMedian))
    }
  }
}
