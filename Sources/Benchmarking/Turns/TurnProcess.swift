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
    let request = String(decoding: try JSONEncoder().encode(turn), as: UTF8.self)
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = executable
    process.arguments = arguments + [request]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }
    do {
      try process.run()
    } catch {
      throw BenchmarkError.notStarted(path: executable.path, reason: error.localizedDescription)
    }
    while ended.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      // It would end by itself, but maybe in a minute. It may have inherited that other signals are ignored, and has
      // nothing to put in order.
      if cancellation.isRequested { kill(process.processIdentifier, SIGKILL) }
    }
    // Both fit into a pipe: one line of figures, a message.
    let printed = (try? output.fileHandleForReading.readToEnd()) ?? nil
    let messages = String(decoding: (try? errors.fileHandleForReading.readToEnd()) ?? Data(), as: UTF8.self)
    if cancellation.isRequested { return .interrupted }
    if process.terminationReason == .exit, process.terminationStatus == 0 {
      guard let printed, let figures = try? JSONDecoder().decode(BenchmarkFigures.self, from: printed) else {
        return .failed(reason: "the measuring process printed no figures")
      }
      return .measured(figures)
    }
    if turn.memoryLimit != nil, Self.isAllocationFailure(messages) { return .outOfMemory }
    let reason = messages.split(separator: "\n").last.map(String.init) ?? ""
    return .failed(
      reason: reason.isEmpty ? "the measuring process ended with \(process.terminationStatus)" : reason)
  }

  /// Whether the last words of a process are about memory: Swift's or the system's.
  static func isAllocationFailure(_ messages: String) -> Bool {
    let words = messages.lowercased()
    return ["alloc", "out of memory", "bad_alloc", "cannot allocate"].contains(where: words.contains)
  }
}
