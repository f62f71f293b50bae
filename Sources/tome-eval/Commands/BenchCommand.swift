import ArgumentParser
import Benchmarking
import Foundation
import Machine
import Pictures
import Tensors

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Time a model with and without merging, by size, batch and kind of attention.",
    discussion: """
      Prints the table of diffusers' page on Token Merging for this machine: vanilla (plain attention, no \
      merging), ToMe with plain attention, and ToMe with tiled attention, which never holds a whole row of \
      scores; and tiled attention alone, since that is what merging must beat.

        tome-eval bench
        tome-eval bench --random-weights sd15 --sizes 512,768,1024 --ratios 0.3,0.5
        tome-eval bench --model stable-diffusion-v1-5 --parts unet,vae,text --batches 1,2 --json

      Every configuration is run in processes of its own, in turn (A B A B …), --rounds times; in each, \
      once to warm up and then --repeats times on the clock. Memory is the highest of those processes. \
      A configuration that is estimated to need more than --memory-limit is not run and called out of \
      memory; on Linux, one that was estimated to fit is ended by the system when it passes the limit, and \
      nothing else suffers. Ctrl-C prints what is measured so far.

      Exit codes: 0 fine, 2 bad usage or input, 3 a configuration failed, 130 interrupted.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var benchmark: BenchmarkOptions
  @OptionGroup var merging: MergingOptionGroup

  @Option(help: "How the table is printed.")
  var format: BenchmarkReport.Format = .text

  @Flag(help: "Print everything measured as JSON.")
  var json = false

  func run() throws {
    try model.processor.use()
    let run = try benchmark.run(model, merging: merging, threads: Parallel.threadCount)
    let process = TurnProcess(executable: try Self.executable(), arguments: [BenchTurnCommand.name])
    let cancellation = Cancellation()
    let trap = InterruptTrap(cancellation)
    let progress = BenchmarkProgressReporter()
    let rows = try run.run(
      cancellation: cancellation,
      estimate: { try MemoryEstimate.bytes($0, of: $1, threads: run.threads) },
      take: { try process.run($0, cancellation: cancellation) }, progress: progress.report)
    progress.finish()
    withExtendedLifetime(trap) {}
    let report = BenchmarkReport(
      run: run, rows: rows, steps: benchmark.steps, machine: .current, toolVersion: toolVersion,
      isInterrupted: cancellation.isRequested)
    if json { try Terminal.printJSON(report) } else { try Terminal.print(report.text(format)) }
    if cancellation.isRequested { throw ExitCode.interrupted }
    if report.hasFailures { throw ExitCode.failedPictures }
  }

  private static func executable() throws -> URL {
    guard let url = Bundle.main.executableURL else {
      throw BenchmarkError.notStarted(
        path: CommandLine.arguments[0], reason: "the program's own file is unknown")
    }
    return url
  }
}

/// One turn of a benchmark, run by `bench` in a process of its own.
struct BenchTurnCommand: ParsableCommand {
  static let name = "bench-turn"
  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Run one configuration of a benchmark.", shouldDisplay: false)

  @Argument(help: "The turn as JSON.")
  var turn: String

  func run() throws {
    let turn: BenchmarkTurn
    do {
      turn = try JSONDecoder().decode(BenchmarkTurn.self, from: Data(self.turn.utf8))
    } catch {
      throw ValidationError("this is no turn of a benchmark: \(error)")
    }
    try Terminal.print(String(decoding: try JSONEncoder().encode(turn.run()), as: UTF8.self))
  }
}
