public import ArgumentParser
import Comparisons
import Foundation
import ResultStore

extension PromptDimension: ExpressibleByArgument {}
extension ComparisonReport.Format: ExpressibleByArgument {}

/// What a run's variants are compared with, and which of them.
struct ReferenceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Compare with this variant instead of the baseline, as in 0.3.", valueName: "label"))
  var against: String?

  @Option(help: ArgumentHelp("Compare this variant only; repeatable.", valueName: "label"))
  var only: [String] = []

  /// - Parameters:
  ///   - sources: the runs that were asked for
  ///   - progress: told how many pairs of pictures are compared, and of how many
  func pairings(
    _ sources: [ComparedRunsOptions.Source], _ runs: ComparedRunsOptions,
    progress: @Sendable (Int, Int) -> Void
  ) throws -> [Pairing] {
    if let against { return [try Pairing(sources[0].contents, against: against).only(only)] }
    guard sources.count > 1 else { return [try Pairing(baselineOf: sources[0].contents).only(only)] }
    let distances = try runs.distances()
    return try runs.pairs(of: sources.count).map { own, reference in
      let (own, reference) = (sources[own], sources[reference])
      let pairing = try Pairing(own.contents, against: reference.contents).only(only)
      guard !runs.noPixelScores else { return pairing }
      return pairing.scored(
        by: PairScores(
          pairing, own: own.folders, reference: reference.folders, distances: distances, progress: progress))
    }
  }
}
