import Foundation
import Machine
import StableDiffusion
import Testing

@testable import Benchmarking

/// What becomes of a process that ends in one way or another; a shell stands for the measuring program.
@Suite struct TurnProcessTests {
  let turn = BenchmarkTurn(
    subject: .random(.sd15), item: BenchmarkCase(width: 64, height: 64), repeats: 1, threads: 1,
    memoryLimit: 1 << 30)

  func outcome(_ script: String, limit: Int? = 1 << 30) throws -> TurnOutcome {
    var turn = turn
    turn.memoryLimit = limit
    return try TurnProcess(executable: URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", script])
      .run(turn, cancellation: Cancellation())
  }

  @Test func `figures come back, and the turn goes in`() throws {
    let figures = BenchmarkFigures(
      firstSeconds: 2, splits: [TimeSplitRecord(convolution: 1, attention: 2, merging: 3, other: 4)],
      peakMemoryBytes: 5)
    let text = String(decoding: try JSONEncoder().encode(figures), as: UTF8.self)
    #expect(try outcome("printf '%s' '\(text)'") == .measured(figures))
    // The shell's $0 is the turn.
    let request = String(decoding: try JSONEncoder().encode(turn), as: UTF8.self)
    #expect(try JSONDecoder().decode(BenchmarkTurn.self, from: Data(request.utf8)) == turn)
    #expect(try outcome("echo \"$0\" | grep -q sd15 && printf '%s' '\(text)'") == .measured(figures))
  }

  @Test func `only last words about memory, under a limit, are out of memory`() throws {
    let words = "echo 'Fatal error: failed to allocate 123 bytes' >&2; exit 134"
    #expect(try outcome(words) == .outOfMemory)
    #expect(
      try outcome(words, limit: nil) == .failed(reason: "Fatal error: failed to allocate 123 bytes"))
    #expect(try outcome("echo 'no such file' >&2; exit 2") == .failed(reason: "no such file"))
    #expect(try outcome("exit 3") == .failed(reason: "the measuring process ended with 3"))
    #expect(try outcome("echo nonsense") == .failed(reason: "the measuring process printed no figures"))
  }

  @Test(.timeLimit(.minutes(10))) func `a process that says more than a pipe holds is heard to its end`()
    throws
  {
    let much = "head -c 300000 /dev/zero | tr '\\0' x"
    #expect(
      try outcome("\(much); \(much) >&2; echo >&2; echo 'at last' >&2; exit 2") == .failed(reason: "at last"))
  }

  @Test func `a cancelled turn is ended at once`() throws {
    let cancellation = Cancellation()
    cancellation.request()
    let start = ContinuousClock.now
    let outcome = try TurnProcess(
      executable: URL(fileURLWithPath: "/bin/sh"), arguments: ["-c", "exec sleep 60"]
    )
    .run(turn, cancellation: cancellation)
    #expect(outcome == .interrupted)
    #expect(start.duration(to: .now) < .seconds(20))
  }

  @Test func `a program that is not there is named`() {
    let process = TurnProcess(executable: URL(fileURLWithPath: "/none/tome-eval"), arguments: [])
    let error = #expect(throws: BenchmarkError.self) { try process.run(turn, cancellation: Cancellation()) }
    #expect(error?.description.contains("/none/tome-eval") == true)
  }
}
