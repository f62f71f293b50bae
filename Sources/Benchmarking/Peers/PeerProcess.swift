import Foundation
public import Machine

/// Runs the peer's turns in processes of the user's Python, as ``TurnProcess`` does this program's.
public struct PeerProcess: Sendable {
  /// The interpreter, a path or a name that is looked up as a shell does.
  let python: String
  let script: String

  /// With this program's own script, which drives torch with diffusers and tomesd.
  public init(python: String) { self.init(python: python, script: Self.torchScript) }

  init(python: String, script: String) {
    self.python = python
    self.script = script
  }

  /// The turns of torch, diffusers and tomesd in Python.
  static var torchScript: String { String(decoding: PackageResources.peer_turn_py, as: UTF8.self) }

  private static let encoder = {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }()

  /// Asks the peer what it is, and sees whether it can take every turn of the run.
  /// - Throws: ``BenchmarkError/peer(_:)`` when it cannot; the errors of the model's files
  public func introduce(to run: BenchmarkRun, cancellation: Cancellation) throws -> BenchmarkPeer {
    for item in run.cases { _ = try PeerTurn(run.turn(item)) }
    switch try ask(PeerIntroductionRequest(threads: run.threads), run.threads, cancellation) {
    case .interrupted: throw CancellationError()
    case .failed(let status, let words):
      let reason = RequestProcess.End.reason(status: status, words: words)
      throw BenchmarkError.peer(
        "\(reason); '\(python)' is to be a Python with torch, diffusers, transformers and tomesd")
    case .answered(let printed):
      guard let answer: PeerIntroduction = Self.decode(printed) else {
        throw BenchmarkError.peer("'\(python)' does not say which versions it has")
      }
      guard answer.threads == run.threads else {
        throw BenchmarkError.peer(
          "'\(python)' computes on \(answer.threads) threads, asked for were \(run.threads); pass --threads \(answer.threads)"
        )
      }
      return BenchmarkPeer(
        command: python, python: answer.python, versions: answer.versions, threads: answer.threads)
    }
  }

  /// - Throws: ``BenchmarkError/notStarted(path:reason:)``
  public func run(_ turn: BenchmarkTurn, cancellation: Cancellation) throws -> TurnOutcome {
    switch try ask(PeerTurn(turn), turn.threads, cancellation) {
    case .interrupted: return .interrupted
    case .failed(let status, let words):
      return .failed(reason: RequestProcess.End.reason(status: status, words: words))
    case .answered(let printed):
      guard let figures: PeerFigures = Self.decode(printed) else {
        return .failed(reason: "the peer printed no figures")
      }
      if let fault = figures.fault(of: turn) { return .failed(reason: "the peer \(fault)") }
      return .measured(
        BenchmarkFigures(
          firstSeconds: figures.firstSeconds, seconds: figures.runs,
          peakMemoryBytes: figures.peakMemoryBytes))
    }
  }

  private func ask(
    _ request: some Encodable, _ threads: Int, _ cancellation: Cancellation
  ) throws -> RequestProcess.End {
    let process = RequestProcess(
      executable: URL(fileURLWithPath: "/usr/bin/env"), arguments: ["--", python, "-c", script],
      environment: [
        "OMP_NUM_THREADS": "\(threads)", "MKL_NUM_THREADS": "\(threads)", "TOKENIZERS_PARALLELISM": "false",
      ])
    return try process.run(request, encoder: Self.encoder, cancellation: cancellation)
  }

  /// The last line that a library has not written.
  private static func decode<Answer: Decodable>(_ printed: Data) -> Answer? {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let lines = String(decoding: printed, as: UTF8.self).split(whereSeparator: \.isNewline)
    return lines.last.flatMap { try? decoder.decode(Answer.self, from: Data($0.utf8)) }
  }
}
