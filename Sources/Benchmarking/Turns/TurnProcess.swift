public import Foundation
public import Machine

/// How a turn ended.
public enum TurnOutcome: Sendable, Hashable {
  case measured(BenchmarkFigures)
  /// The process reached its memory limit and was ended by that.
  case outOfMemory
  case failed(reason: String)
  case interrupted
}

/// Runs turns in processes of their own, so that neither the memory nor the caches of one reach another.
public struct TurnProcess: Sendable {
  /// The program, which runs a turn when called with `arguments` and the turn as JSON after them, and prints
  /// its figures as JSON.
  let executable: URL
  let arguments: [String]

  public init(executable: URL, arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// - Throws: ``BenchmarkError/notStarted(path:reason:)``
  public func run(_ turn: BenchmarkTurn, cancellation: Cancellation) throws -> TurnOutcome {
    let process = RequestProcess(executable: executable, arguments: arguments)
    switch try process.run(turn, cancellation: cancellation) {
    case .interrupted: return .interrupted
    case .answered(let printed):
      guard let figures = try? JSONDecoder().decode(BenchmarkFigures.self, from: printed) else {
        return .failed(reason: "the measuring process printed no figures")
      }
      return .measured(figures)
    case .failed(let status, let words):
      if turn.memoryLimit != nil, Self.isAllocationFailure(words) { return .outOfMemory }
      return .failed(reason: RequestProcess.End.reason(status: status, words: words))
    }
  }

  /// Whether the last words of a process are about memory: Swift's or the system's.
  static func isAllocationFailure(_ messages: String) -> Bool {
    let words = messages.lowercased()
    return ["alloc", "out of memory", "bad_alloc", "cannot allocate"].contains(where: words.contains)
  }
}
