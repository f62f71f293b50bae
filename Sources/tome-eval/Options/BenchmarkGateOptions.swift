import ArgumentParser
import Benchmarking
import Comparisons
import Machine

extension BenchmarkBaseline.Difference: ExplainedArgument {
  init(parsing text: String) throws(ArgumentProblem) {
    guard let value = BenchmarkBaseline.Difference(rawValue: text) else {
      throw .unknown(text, known: Self.allCases.map(\.rawValue))
    }
    self = value
  }
}

/// What makes a benchmark fail.
struct BenchmarkGateOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What `bench --json` printed earlier: every configuration's time is compared with it.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var baseline: String?

  @Option(
    help: ArgumentHelp(
      "What of the baseline may differ: machine, threads, model. Otherwise it is refused.", valueName: "f,f,…"
    ))
  var allowDifferent: CommaSeparated<BenchmarkBaseline.Difference>?

  @Option(
    help: ArgumentHelp("End with 1 when a configuration meets this; repeatable.", valueName: "condition"))
  var failIf: [String] = []

  func validate() throws {
    if allowDifferent != nil, baseline == nil {
      throw ValidationError("--allow-different is about --baseline; give both or none")
    }
    let gates = try gates()
    if baseline == nil, let gate = gates.first(where: \.needsBaseline) {
      throw ValidationError(
        "--fail-if \"\(gate.text)\" compares with an earlier benchmark; pass --baseline FILE")
    }
  }

  func gates() throws -> [BenchmarkGate] {
    do throws(GateError) {
      return try failIf.map { text throws(GateError) in try BenchmarkGate(text) }
    } catch {
      throw ValidationError("--fail-if: \(error)")
    }
  }

  /// The baseline, found to be of this machine, these threads and this model.
  func readBaseline(for run: BenchmarkRun) throws -> BenchmarkBaseline? {
    guard let baseline else { return nil }
    let read = try BenchmarkBaseline(path: baseline)
    try read.check(against: run, on: .current, allowing: Set(allowDifferent?.values ?? []))
    return read
  }
}
