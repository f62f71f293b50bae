import ArgumentParser
import Evaluation
import Files
import Foundation
import Images
import Wording

struct SubmitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "submit",
    abstract: "Run a sweep in shards on a cluster.",
    subcommands: [SlurmCommand.self])
}

struct SlurmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "slurm",
    abstract: "Submit a sweep as an array of Slurm, and the merge after it.",
    discussion: """
      Writes two batch scripts and their logs into the folder slurm below --output, submits them, and is done: the \
      array makes a shard per task, and the job after it merges them and writes the report. After a failure the same \
      command submits both again, and what is done stays done, also with another --tasks.

        tome-eval submit slurm --tasks 64 --cpus 8 --sbatch time=12:00:00 -- sweep --model stable-diffusion-v1-5 \\
          --clip clip-vit-large-patch14 --prompts PartiPrompts.tsv --output Reports/sd15
        tome-eval submit slurm --tasks 4 --dry-run -- sweep --output Reports/demo
      """)

  @Option(help: ArgumentHelp("Into how many shards the prompts are cut.", valueName: "n"))
  var tasks: Int

  @Option(help: ArgumentHelp("How many tasks may run at once (default: all).", valueName: "m"))
  var arrayLimit: Int?

  @Option(help: ArgumentHelp("Processors of a task, which it has as many threads as.", valueName: "n"))
  var cpus = 1

  @Option(
    help: ArgumentHelp(
      "A further option of both jobs, as in --sbatch partition=cpu; may be repeated.", valueName: "option"))
  var sbatch: [String] = []

  @Flag(help: "Only print the scripts, and how they would be submitted.")
  var dryRun = false

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The sweep, as it would be run here: sweep and its options.", valueName: "sweep"))
  var command: [String] = []

  func validate() throws {
    try OptionRange.check("tasks", tasks, Shard.counts)
    if let arrayLimit { try OptionRange.check("array-limit", arrayLimit, Shard.counts) }
    try OptionRange.check("cpus", cpus, OptionRange.threads)
    if let option = sbatch.first(where: { $0.contains(where: \.isNewline) || $0.isEmpty }) {
      throw ValidationError("--sbatch '\(option)' is no option of sbatch; write one, as in partition=cpu")
    }
    _ = try sweep()
  }

  func run() throws {
    let scripts = try scripts()
    if dryRun { return try Terminal.printFormatted(preview(scripts)) }
    do throws(FileProblem) { try Folder.make(scripts.folder.path) } catch {
      throw EvaluationError.unwritable(path: scripts.folder.path, reason: error.reason)
    }
    try AtomicFile.write(Array(scripts.array.utf8), to: scripts.arrayFile)
    try AtomicFile.write(Array(scripts.merge.utf8), to: scripts.mergeFile)
    let array = try number(scripts.arraySubmission)
    let merge: String
    do { merge = try number(scripts.mergeSubmission(after: array)) } catch SlurmProblem.refused(
      let command, let status)
    {
      throw SlurmProblem.mergeRefused(job: array, command: command, status: status)
    }
    Terminal.log(
      "job \(array): \(NumberText.count(tasks, "task")); job \(merge): the merge after them; logs: "
        + scripts.folder.path)
    try Terminal.print("\(array) \(merge)")
  }

  /// The command after `--`, as a sweep that is refused here rather than in the queue.
  private func sweep() throws -> SweepCommand {
    guard command.first == "sweep" else {
      throw ValidationError("after -- comes the sweep, as in -- sweep --prompts full --output Reports/full")
    }
    let sweep: SweepCommand
    do { sweep = try SweepCommand.parse(Array(command.dropFirst())) } catch {
      throw ValidationError("sweep: \(SweepCommand.message(for: error))")
    }
    let refused = [
      ("shard", sweep.sharding.shard != nil, "every task gets its own"),
      ("store", sweep.store.store != nil, "every shard has a store of its own in its folder"),
      ("live", sweep.live, "the report is written when the shards are merged"),
      ("prompts -", sweep.prompts.prompts == "-", "a task has no standard input; name a file"),
    ]
    if let (name, _, reason) = refused.first(where: \.1) {
      throw ValidationError("--\(name) does not go with submit: \(reason)")
    }
    return sweep
  }

  private func scripts() throws -> SlurmScripts {
    let sweep = try sweep()
    return SlurmScripts(
      tool: Bundle.main.executableURL?.path ?? CommandLine.arguments[0],
      sweepArguments: command.dropFirst().filter { $0 != "--equal-time" },
      output: sweep.store.output, equalTime: sweep.equalTime,
      hasThreads: sweep.model.processor.threads != nil,
      workingFolder: URL(fileURLWithPath: FileManager.default.currentDirectoryPath, isDirectory: true),
      tasks: tasks, limit: arrayLimit, processors: cpus, options: sbatch)
  }

  private func preview(_ scripts: SlurmScripts) -> String {
    """
    # \(scripts.arrayFile.path)
    \(scripts.array)
    # \(scripts.mergeFile.path)
    \(scripts.merge)
    # submitted by:
    #   \(ShellWord.joined(scripts.arraySubmission))
    #   \(ShellWord.joined(scripts.mergeSubmission(after: "JOB")))
    """
  }

  /// Submits a script.
  /// - Returns: the number of the job.
  private func number(_ words: [String]) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    try process.run()
    let printed = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    // As `env` says of a program that is not there.
    if process.terminationStatus == 127 { throw SlurmProblem.noSlurm }
    let command = ShellWord.joined(words)
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      throw SlurmProblem.refused(command: command, status: process.terminationStatus)
    }
    let text = String(decoding: printed, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    // With several clusters, their name follows a semicolon.
    let number = text.prefix { $0 != ";" }
    guard Int(number) != nil else { throw SlurmProblem.noNumber(command: command, output: text) }
    return String(number)
  }
}
