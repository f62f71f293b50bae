import Foundation
import Wording

/// The two batch scripts of a sweep in shards: an array with a task per shard, and the job that merges them after that.
///
/// Queueing, placement, retries and dependencies are Slurm's; see `man sbatch` for the options.
struct SlurmScripts {
  /// The program, by its full path.
  let tool: String
  /// Of `sweep`, without that word and without `--equal-time`.
  let sweepArguments: [String]
  /// As the sweep has it.
  let output: String
  /// Whether the sweep is to run the unmerged model in equal time, too, when all times are known.
  let equalTime: Bool
  /// Whether the sweep says on how many threads.
  let hasThreads: Bool
  /// What paths of the arguments are relative to.
  let workingFolder: URL
  let tasks: Int
  /// As many tasks run at once; nil for all.
  let limit: Int?
  let processors: Int
  /// Further options of both jobs, as in `partition=cpu`.
  let options: [String]

  /// Where scripts and logs go.
  var folder: URL { URL(fileURLWithPath: output, relativeTo: workingFolder).appendingPathComponent("slurm") }
  var arrayFile: URL { folder.appendingPathComponent("sweep.sbatch") }
  var mergeFile: URL { folder.appendingPathComponent("merge.sbatch") }

  /// What submits the array and prints the number of the job.
  var arraySubmission: [String] { ["sbatch", "--parsable", arrayFile.path] }

  /// What submits the merge, which waits for all tasks of the array to end well.
  func mergeSubmission(after job: String) -> [String] {
    ["sbatch", "--parsable", "--dependency=afterok:\(job)", mergeFile.path]
  }

  var array: String {
    let range = "1-\(tasks)" + (limit.map { "%\($0)" } ?? "")
    return script(
      job: "tome-eval", log: "sweep-%a.log",
      options: ["array=\(range)", "requeue"],
      """
      # A task makes the pictures of a part of the prompts, in shards/I-of-\(tasks) of the run's folder. One that was
      # killed goes on where it stopped, when it is requeued or all of this is submitted again.
      # 3 says that some pictures failed: the merge names them, and need not be kept from it.
      \(command(["sweep"] + sweepArguments + ["--shard", "auto/\(tasks)"])) || [ $? -eq 3 ]
      """)
  }

  var merge: String {
    let merging = ShellWord.joined([tool, "merge", "--output", output])
    guard equalTime else {
      return script(job: "tome-eval-merge", log: "merge.log", options: ["kill-on-invalid-dep=yes"], merging)
    }
    return script(
      job: "tome-eval-merge", log: "merge.log", options: ["kill-on-invalid-dep=yes"],
      """
      \(merging) || [ $? -eq 3 ] || exit
      # The variants of equal time, which go by the times of all shards.
      \(command(["sweep"] + sweepArguments + ["--equal-time"]))
      """)
  }

  /// On as many threads as Slurm gives processors, unless the sweep says otherwise.
  private func command(_ words: [String]) -> String {
    ShellWord.joined([tool] + words) + (hasThreads ? "" : #" --threads "$SLURM_CPUS_PER_TASK""#)
  }

  private func script(job: String, log: String, options own: [String], _ body: String) -> String {
    // In the name of a log, a percent sign begins what Slurm fills in.
    let place = folder.path.replacing("%", with: "%%")
    let lines =
      ["job-name=\(job)", "nodes=1", "ntasks=1", "cpus-per-task=\(processors)"] + own + [
        "open-mode=append", "output=\(ShellWord.quoted("\(place)/\(log)"))",
      ] + options
    return """
      #!/bin/bash
      \(lines.map { "#SBATCH --\($0)" }.joined(separator: "\n"))

      cd \(ShellWord.quoted(workingFolder.path)) || exit
      \(body)

      """
  }
}
