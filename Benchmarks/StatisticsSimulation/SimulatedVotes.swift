import Foundation
import Statistics

/// Votes of some people on some prompts, whose preference for the baseline both shift.
struct SimulatedVotes {
  let votes: [Preference.Vote]

  /// - Parameters:
  ///   - share: Of the decided votes, for the baseline; prompts shift it by up to 0.2.
  ///   - taste: By as much people shift it.
  ///   - neither: The share of votes for neither.
  init(
    prompts: Int, people: Int, share: Double, taste: Double, neither: Double, _ random: inout SplitMix64
  ) {
    let tastes = (0..<people).map { _ in taste > 0 ? Double.random(in: -taste...taste, using: &random) : 0 }
    votes = (0..<prompts).flatMap { prompt -> [Preference.Vote] in
      let shift = Double.random(in: -0.2...0.2, using: &random)
      return (0..<people).map { person in
        let isNeither = Double.random(in: 0..<1, using: &random) < neither
        let isBaseline = Double.random(in: 0..<1, using: &random) < share + shift + tastes[person]
        return .init(
          prompt: Int64(prompt), person: Int64(person),
          choice: isNeither ? .neither : isBaseline ? .baseline : .merged)
      }
    }
  }

  /// What votes are expected to come to.
  static func truth(share: Double, neither: Double) -> Double { neither / 2 + (1 - neither) * share }

  /// The prompts' votes for the baseline, and how many they are: what a bootstrap over prompts resamples.
  func sums(prompts: Int) -> (above: [Double], below: [Double]) {
    var (above, below) = ([Double](repeating: 0, count: prompts), [Double](repeating: 0, count: prompts))
    for vote in votes {
      above[Int(vote.prompt)] += vote.choice == .baseline ? 1 : vote.choice == .neither ? 0.5 : 0
      below[Int(vote.prompt)] += 1
    }
    return (above, below)
  }
}

extension StatisticsSimulation {
  static func printVotes() {
    print(
      """

      ## Votes

      \(sweeps * 5) rounds of votes on one ratio a line, a vote of each person on each prompt. Prompts shift the share \
      of the decided votes for the baseline by up to 0.2 to either side, people by as much as is said. Coverage: how \
      many of the 95 % intervals hold the expected share, of the studentized bootstrap over prompts and of what is \
      used, Bonett and Price's with clusters. Verdicts with a margin of \(Preference.standardMargin).

      | prompts | people | taste | for neither | share | bootstrap | used | half-width | equivalent | worse or better \
      | needs, in all |
      |--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
      """)
    for (prompts, people) in [(8, 1), (20, 1), (20, 2), (40, 1), (40, 4), (40, 8), (80, 1), (80, 8)] {
      for taste in people > 1 ? [0, 0.15] : [0] {
        for neither in [0.1, 0.5, 0.9] {
          for share in [0.5, 0.65] {
            votes(prompts: prompts, people: people, share: share, taste: taste, neither: neither)
          }
        }
      }
    }
  }

  private static func votes(prompts: Int, people: Int, share: Double, taste: Double, neither: Double) {
    var random = SplitMix64(seed: UInt64(prompts * 100 + people))
    let truth = SimulatedVotes.truth(share: share, neither: neither)
    let rounds = sweeps * 5
    var (bootstrapped, covered, equivalent, different, width) = (0, 0, 0, 0, 0.0)
    var needed: [Int] = []
    for round in 0..<rounds {
      let simulated = SimulatedVotes(
        prompts: prompts, people: people, share: share, taste: taste, neither: neither, &random)
      let sums = simulated.sums(prompts: prompts)
      let bootstrap = Bootstrap(resamples: 400, seed: UInt64(round))
      if bootstrap.quotient(of: sums.above, over: sums.below).interval?.contains(truth) == true {
        bootstrapped += 1
      }
      let test = SignFlipTest(resamples: 400, seed: UInt64(round))
      guard let preference = Preference.all([simulated.votes], test: test)[0],
        let interval = preference.share.estimate.interval
      else { continue }
      if interval.contains(truth) { covered += 1 }
      width += (interval.upper - interval.lower) / 2
      if preference.verdict == .equivalent { equivalent += 1 }
      if [.worse, .better].contains(preference.verdict) { different += 1 }
      if let more = preference.votesNeeded { needed.append(more) }
    }
    needed.sort()
    func percent(_ part: Int) -> String { decimals(100 * Double(part) / Double(rounds), 1) + " %" }
    let median = needed.isEmpty ? "" : "\(needed[needed.count / 2])"
    print(
      "| \(prompts) | \(people) | \(taste) | \(decimals(100 * neither, 0)) % | \(share) | \(percent(bootstrapped)) "
        + "| \(percent(covered)) | \(decimals(width / Double(rounds), 3)) | \(percent(equivalent)) "
        + "| \(percent(different)) | \(median) |")
  }

  private static func decimals(_ value: Double, _ places: Int) -> String {
    String(format: "%.\(places)f", value)
  }
}
