import ArgumentParser
import Benchmarking
import Comparisons
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
        tome-eval bench --model stable-diffusion-v1-5 --peers venv/bin/python --rounds 5
        tome-eval bench --rounds 5 --json > before.json
        tome-eval bench --rounds 5 --baseline before.json --fail-if "seconds_ratio.ci_low > 1.05"

      Every configuration is run in processes of its own, in turn (A B A B …), --rounds times; in each, \
      once to warm up and then --repeats times on the clock. Memory is the highest of those processes. \
      What merging brings is the quotient of neighbouring turns of a round, its logarithms averaged: \
      1.27x [1.24, 1.30] has the 95 % interval over three rounds or more, 1.27x (1.24 to 1.30) the least \
      and the greatest of two. \
      A configuration that is estimated to need more than --memory-limit is not run and called out of \
      memory; on Linux, one that was estimated to fit is ended by the system when it passes the limit, and \
      nothing else suffers. Ctrl-C prints what is measured so far.

      --peers PYTHON times torch, diffusers and tomesd right after each of our turns: the same sizes, \
      batches, ratios, parts, precision, threads and weights (with --random-weights, random ones of the \
      same configurations), tiled attention as torch's scaled_dot_product_attention. "÷ torch" is our \
      time over theirs, below 1 where we are faster. They have no memory limit.

      Gates (--fail-if): seconds_ratio (our time over --baseline's), speedup, tiled_speedup (what merging \
      brings), peer_ratio (our time over the peer's), each also with .ci_low and .ci_high, with \
      < <= > >= == !=. A gate fails when a configuration meets it, or when nothing was measured. A \
      baseline of another machine, number of threads or model is refused, see --allow-different.

      Exit codes: 0 fine, 1 a gate failed, 2 bad usage or input, 3 a configuration failed, 130 interrupted.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var benchmark: BenchmarkOptions
  @OptionGroup var merging: MergingOptionGroup
  @OptionGroup var gating: BenchmarkGateOptions

  @Option(help: "How the table is printed.")
  var format: BenchmarkReport.Format = .text

  @Flag(help: "Print everything measured as JSON.")
  var json = false

  func validate() throws {
    if benchmark.peers == nil, let gate = try gating.gates().first(where: \.needsPeer) {
      throw ValidationError("--fail-if \"\(gate.text)\" compares with a peer; pass --peers PYTHON")
    }
  }

  func run() throws {
    try model.processor.use()
    var run = try benchmark.run(model, merging: merging, threads: Parallel.threadCount)
    let baseline = try gating.readBaseline(for: run)
    let process = TurnProcess(executable: try Self.executable(), arguments: [BenchTurnCommand.name])
    let peer = benchmark.peers.map { PeerProcess(python: $0) }
    let cancellation = Cancellation()
    let trap = InterruptTrap(cancellation)
    do {
      run.peer = try peer?.introduce(to: run, cancellation: cancellation)
    } catch is CancellationError {
      throw ExitCode.interrupted
    }
    let progress = BenchmarkProgressReporter()
    let rows = try run.run(
      cancellation: cancellation,
      estimate: { [run] in try MemoryEstimate.bytes($0, of: $1, threads: run.threads) },
      take: { turn, program in
        guard let peer, program == .torch else { return try process.run(turn, cancellation: cancellation) }
        return try peer.run(turn, cancellation: cancellation)
      }, progress: progress.report)
    progress.finish()
    withExtendedLifetime(trap) {}
    let report = BenchmarkReport(
      run: run, rows: rows, steps: benchmark.steps, machine: .current, toolVersion: toolVersion,
      isInterrupted: cancellation.isRequested, baseline: baseline, gates: try gating.gates())
    if json { try Terminal.printJSON(report) } else { try Terminal.print(report.text(format)) }
    if cancellation.isRequested { throw ExitCode.interrupted }
    let failed = report.checks.filter { $0.outcome != .passed }
    for check in failed { Terminal.log(check.line) }
    if !failed.isEmpty { throw ExitCode.failure }
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
