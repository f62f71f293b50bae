import ArgumentParser
import Evaluation
import Foundation

/// Which part of a sweep's prompts to make pictures of.
struct ShardOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Make a part of the prompts only, the i-th of n (from 1), into the folder shards/i-of-n below --output, for "
        + "`tome-eval merge`. With auto/n, i is SLURM_ARRAY_TASK_ID, PBS_ARRAY_INDEX or JOB_COMPLETION_INDEX + 1.",
      valueName: "i/n"))
  var shard: ShardWish?

  /// - Throws: ``ShardProblem``
  func resolved() throws -> Shard? { try shard?.shard() }

  /// Says what does not go with a part of a run.
  func refuse(_ options: [(name: String, isGiven: Bool, reason: String)]) throws {
    guard shard != nil, let option = options.first(where: \.isGiven) else { return }
    throw ValidationError("--\(option.name) does not go with --shard: \(option.reason)")
  }
}
