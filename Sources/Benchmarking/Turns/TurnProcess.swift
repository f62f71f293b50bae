public import Foundation
public import Machine
import Synchronization

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
    // A pipe that is full would stop the process.
    let (printed, messages) = (PipeReader(output), PipeReader(errors))
    while ended.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      // It would end by itself, but maybe in a minute. It may have inherited that other signals are ignored, and has
      // nothing to put in order.
      if cancellation.isRequested { kill(process.processIdentifier, SIGKILL) }
    }
    if cancellation.isRequested { return .interrupted }
    if process.terminationReason == .exit, process.terminationStatus == 0 {
      guard let figures = try? JSONDecoder().decode(BenchmarkFigures.self, from: printed.data) else {
        return .failed(reason: "the measuring process printed no figures")
      }
      return .measured(figures)
    }
    let words = String(decoding: messages.data, as: UTF8.self)
    if turn.memoryLimit != nil, Self.isAllocationFailure(words) { return .outOfMemory }
    let reason = words.split(separator: "\n").last.map(String.init) ?? ""
    return .failed(
      reason: reason.isEmpty ? "the measuring process ended with \(process.terminationStatus)" : reason)
  }

  /// Whether the last words of a process are about memory: Swift's or the system's.
  static func isAllocationFailure(_ messages: String) -> Bool {
    let words = messages.lowercased()
    return ["alloc", "out of memory", "bad_alloc", "cannot allocate"].contains(where: words.contains)
  }
}

/// Reads a pipe to its end while the process that writes to it runs.
private final class PipeReader: Sendable {
  private let bytes = Mutex(Data())
  private let ended = DispatchSemaphore(value: 0)

  init(_ pipe: Pipe) {
    let handle = pipe.fileHandleForReading
    Thread.detachNewThread { [self] in
      let read = (try? handle.readToEnd()) ?? nil
      bytes.withLock { $0 = read ?? Data() }
      ended.signal()
    }
  }

  /// Everything that was written; waits for the end.
  var data: Data {
    ended.wait()
    ended.signal()
    return bytes.withLock(\.self)
  }
}
