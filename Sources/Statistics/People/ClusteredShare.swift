import Foundation

/// The share of observations that are one of two things, with an interval that knows that observations of one prompt,
/// and of one person, are not independent.
///
/// The share is what was counted, halves included. Its interval is Bonett & Price's (2012) for the difference of two
/// paired proportions, carried over to clusters: to the prompts two are added, one with nothing but ones and one with
/// nothing but zeros, each of as many observations as a prompt has on average; about the share of all of them the
/// delta method gives the standard error over prompts, and Student's t, with one degree of freedom less than there are
/// prompts then, the reach. Without the two, an interval over prompts that all say the same would have no width, and one
/// over a few prompts with many ties would miss the true share far too often, the bootstrap's as well as Student's
/// (`Benchmarks/statistics-simulation.md`).
///
/// From ``leastPeople`` people on it is an interval over other people, too: of the variances over prompts, over people
/// (with two more who say one thing only) and their sum less that over observations the largest counts (Cameron,
/// Gelbach & Miller 2011), with the degrees of freedom of the fewer clusters. Fewer people cannot stand for others:
/// then the interval is of those who were asked.
package struct ClusteredShare: Sendable, Hashable {
  package struct Observation: Sendable, Hashable {
    package let prompt: Int64
    package let person: Int64
    /// 1 or 0, or ½ for what is neither.
    package let value: Double

    package init(prompt: Int64, person: Int64, value: Double) {
      precondition((0...1).contains(value), "an observation of \(value)")
      self.prompt = prompt
      self.person = person
      self.value = value
    }
  }

  /// From as many people on, the interval is of others, too.
  package static let leastPeople = 6

  /// Without an interval for a single prompt.
  package let estimate: Estimate
  package let count: Int
  package let promptCount: Int
  package let personCount: Int
  /// The share with the added observations, which the interval lies about.
  let centre: Double
  let standardError: Double
  let degreesOfFreedom: Int

  /// - Returns: nil for no observation.
  package init?(_ observations: [Observation], confidence: Double = 0.95) {
    guard !observations.isEmpty else { return nil }
    let prompts = Clusters(observations, by: \.prompt)
    let people = Clusters(observations, by: \.person)
    count = observations.count
    promptCount = prompts.sums.count
    personCount = people.sums.count
    let value = observations.reduce(0) { $0 + $1.value } / Double(count)
    // As much as a prompt has on average.
    let added = Double(count) / Double(promptCount)
    centre = (value * Double(count) + added) / (Double(count) + 2 * added)
    let overPrompts = prompts.variance(about: centre, added: added)
    if personCount >= Self.leastPeople {
      let overPeople = people.variance(about: centre, added: added)
      let overAll = Clusters(alone: observations).variance(about: centre, added: added)
      standardError = max(overPrompts, overPeople, overPrompts + overPeople - overAll).squareRoot()
      degreesOfFreedom = min(promptCount, personCount) + 1
    } else {
      standardError = overPrompts.squareRoot()
      degreesOfFreedom = promptCount + 1
    }
    guard promptCount > 1 else {
      estimate = Estimate(value: value, interval: nil)
      return
    }
    let reach =
      StudentT(degreesOfFreedom: degreesOfFreedom).quantile((1 + confidence) / 2) * standardError
    estimate = Estimate(
      value: value,
      interval: Interval(
        lower: min(max(0, centre - reach), value), upper: max(min(1, centre + reach), value)))
  }

  /// Whether the interval is of other people than those who were asked, too.
  package var isOfOthers: Bool { personCount >= Self.leastPeople }

  /// One-sided p-value against "the true share is no larger than `limit`", as the interval has it.
  func pValue(above limit: Double) -> Double {
    StudentT(degreesOfFreedom: degreesOfFreedom).probability(upTo: (limit - centre) / standardError)
  }

  /// One-sided p-value against "the true share is no smaller than `limit`".
  func pValue(below limit: Double) -> Double {
    StudentT(degreesOfFreedom: degreesOfFreedom).probability(upTo: (centre - limit) / standardError)
  }
}

/// Sums of observations that belong together.
private struct Clusters {
  private(set) var sums: [(value: Double, count: Double)] = []

  /// In the order in which they first appear: sums of the same numbers in another order differ by rounding.
  init(
    _ observations: [ClusteredShare.Observation], by key: KeyPath<ClusteredShare.Observation, Int64>
  ) {
    var places: [Int64: Int] = [:]
    for observation in observations {
      let place = places[observation[keyPath: key]] ?? sums.count
      if place == sums.count {
        places[observation[keyPath: key]] = place
        sums.append((0, 0))
      }
      sums[place].value += observation.value
      sums[place].count += 1
    }
  }

  init(alone observations: [ClusteredShare.Observation]) { sums = observations.map { ($0.value, 1) } }

  /// Of the share, by the delta method, with a cluster of `added` ones and one of as many zeros beside these.
  func variance(about share: Double, added: Double) -> Double {
    let all = sums + [(added, added), (0, added)]
    let squares = all.reduce(0) { sum, cluster in
      let residual = cluster.value - share * cluster.count
      return sum + residual * residual
    }
    let total = all.reduce(0) { $0 + $1.count }
    let clusters = Double(all.count)
    return clusters / (clusters - 1) * squares / (total * total)
  }
}
