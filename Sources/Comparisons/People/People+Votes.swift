import Metrics
import Pictures
import ResultStore
import Statistics

/// The votes on a pairing's pictures, each with what it is about.
struct Votes {
  private struct Vote {
    let record: VoteRecord
    let sample: SampleRecord
    /// See ``Pairing/unit(of:)``.
    let unit: Int64
    let choice: Preference.Choice
  }

  private let pairing: Pairing
  private let votes: [Vote]
  private let baselines: [SampleRecord.Place: SampleRecord]
  private let trials: [Int64: CatchTrials]

  init(_ pairing: Pairing) {
    self.pairing = pairing
    let contents = pairing.contents
    let samples = Dictionary(contents.samples.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let prompts = Set(pairing.prompts.map(\.own.id))
    baselines = contents.baselines
    var votes: [Vote] = []
    var trials: [Int64: CatchTrials] = [:]
    for record in contents.votes {
      guard let sample = samples[record.sampleID], prompts.contains(sample.promptID),
        let choice = Preference.Choice(record.answer)
      else { continue }
      // The same picture twice, whatever the page took it for.
      if record.isCatchTrial || pairing.index.isIdentical(sample) {
        let trial = CatchTrials(answered: 1, alike: choice == .neither ? 1 : 0)
        trials[record.voterID] = trials[record.voterID].map { $0 + trial } ?? trial
      } else if let variant = contents.variants.first(where: { $0.id == sample.variantID }),
        !variant.isBaseline
      {
        votes.append(
          Vote(record: record, sample: sample, unit: pairing.unit(of: sample.promptID), choice: choice))
      }
    }
    self.votes = votes
    self.trials = trials
  }

  func preferences(of variant: VariantRecord) -> [Preference.Vote] {
    votes.filter { $0.sample.variantID == variant.id }.map {
      .init(prompt: $0.unit, person: $0.record.voterID, choice: $0.choice)
    }
  }

  /// Each picture that was voted on, with the last word of everybody who did.
  var items: [Agreement.Item] {
    var order: [Int64] = []
    var words: [Int64: [Int64: Preference.Choice]] = [:]
    var units: [Int64: Int64] = [:]
    // In the order of time, voter by voter.
    for vote in votes {
      if words[vote.sample.id] == nil { order.append(vote.sample.id) }
      words[vote.sample.id, default: [:]][vote.record.voterID] = vote.choice
      units[vote.sample.id] = vote.unit
    }
    return order.map { sample in
      let categories = words[sample, default: [:]].sorted { $0.key < $1.key }.map(\.value.category)
      return Agreement.Item(prompt: units[sample, default: 0], categories: categories)
    }
  }

  /// Of every decided vote whether the measure says the same: 1 where the preferred picture scores better, ½ where both
  /// score alike.
  func agreements(with measure: Measure) -> [ClusteredShare.Observation] {
    votes.compactMap { vote in
      guard vote.choice != .neither, let own = pairing.index.score(measure, of: vote.sample),
        let reference = pairing.index.score(measure, of: baselines[vote.sample.place])
      else { return nil }
      let gain = measure.metric.higherIsBetter ? own - reference : reference - own
      let isSame = (gain > 0) == (vote.choice == .merged)
      return .init(
        prompt: vote.unit, person: vote.record.voterID, value: gain == 0 ? 0.5 : isSame ? 1 : 0)
    }
  }

  /// How many votes somebody gave that count, and their catch trials.
  func ofVoter(_ id: Int64) -> (votes: Int, trials: CatchTrials) {
    let trials = trials[id] ?? CatchTrials(answered: 0, alike: 0)
    return (votes.count { $0.record.voterID == id }, trials)
  }
}

extension Preference.Choice {
  /// Nil for no answer.
  fileprivate init?(_ answer: VoteRecord.Answer) {
    switch answer {
    case .baseline: self = .baseline
    case .merged: self = .merged
    case .same: self = .neither
    case .skip: return nil
    }
  }

  fileprivate var category: Int {
    switch self {
    case .baseline: 0
    case .merged: 1
    case .neither: 2
    }
  }
}
