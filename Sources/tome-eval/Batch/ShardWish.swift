import Evaluation
import Foundation

/// Which shard of a sweep to make, written `2/4`; in `auto/4` the batch system says which.
struct ShardWish: ExplainedArgument {
  /// Nil where the environment has it.
  let number: Int?
  let count: Int

  init(parsing text: String) throws(ArgumentProblem) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int(parts[1]) else {
      throw ArgumentProblem(
        "'\(text)' is no shard; write its number and how many there are, as in 2/4, or auto/4 for a batch system's "
          + "array")
    }
    guard Shard.counts.contains(count) else {
      throw ArgumentProblem("there can be 1 to \(Shard.counts.upperBound) shards, not \(count)")
    }
    self.count = count
    if parts[0] == "auto" || parts[0].isEmpty {
      number = nil
      return
    }
    guard let number = Int(parts[0]), Shard(number, of: count) != nil else {
      throw ArgumentProblem("'\(parts[0])' is no shard of \(count); they are numbered from 1 to \(count)")
    }
    self.number = number
  }

  /// - Throws: ``ShardProblem`` where the environment does not say which.
  func shard(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ShardProblem) -> Shard {
    let task: Int
    if let number { task = number } else { task = try ArrayTask.number(environment) }
    guard let shard = Shard(task, of: count) else { throw .outOfRange(task, count: count) }
    return shard
  }
}

/// A batch system's name for the number of an array's task.
private struct ArrayTask {
  let variable: String
  /// Of the first task.
  let first: Int

  /// Slurm's and PBS's arrays begin where the user says, here with 1; an indexed job of Kubernetes begins with 0.
  private static let known = [
    ArrayTask(variable: "SLURM_ARRAY_TASK_ID", first: 1), ArrayTask(variable: "PBS_ARRAY_INDEX", first: 1),
    ArrayTask(variable: "JOB_COMPLETION_INDEX", first: 0),
  ]

  static func number(_ environment: [String: String]) throws(ShardProblem) -> Int {
    let given = known.compactMap { task in environment[task.variable].map { (task, $0) } }
    guard let (task, text) = given.first else { throw .noTask(known.map(\.variable)) }
    guard given.count == 1 else { throw .severalTasks(given.map(\.0.variable)) }
    guard let number = Int(text), number >= task.first else {
      throw .badTask(task.variable, value: text, first: task.first)
    }
    return number - task.first + 1
  }
}

/// Why it is not known which shard is meant.
enum ShardProblem: Error, CustomStringConvertible {
  case noTask([String])
  case severalTasks([String])
  case badTask(String, value: String, first: Int)
  case outOfRange(Int, count: Int)

  var description: String {
    switch self {
    case .noTask(let variables):
      "--shard leaves the number to the batch system, but none of \(variables.joined(separator: ", ")) is set; "
        + "write it, as in --shard 2/4"
    case .severalTasks(let variables):
      "\(variables.joined(separator: " and ")) are both set: write which shard is meant, as in --shard 2/4"
    case .badTask(let variable, let value, let first):
      "\(variable) is '\(value)'; the tasks of an array count from \(first)"
        + (first == 1 ? ", as in --array=1-4 (Slurm) or -J 1-4 (PBS)" : "")
    case .outOfRange(let number, let count):
      "this is task \(number) of an array, but --shard says that there are \(count) shards; make both the same"
    }
  }
}
