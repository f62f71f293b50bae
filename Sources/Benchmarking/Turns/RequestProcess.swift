import Foundation
import Machine
import Synchronization

/// Runs a program that takes its request as its last argument and prints its answer.
struct RequestProcess: Sendable {
  /// How it ended.
  enum End {
    case answered(Data)
    /// - Parameter words: all that it wrote to standard error
    case failed(status: Int32, words: String)
    case interrupted

    /// The last line of some words, or that there are none.
    static func reason(status: Int32, words: String) -> String {
      let last = words.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
      return last.isEmpty ? "the measuring process ended with \(status)" : last
    }
  }

  let executable: URL
  let arguments: [String]
  /// Added to this process's own.
  var environment: [String: String] = [:]

  /// - Throws: ``BenchmarkError/notStarted(path:reason:)``
  func run(_ request: some Encodable, encoder: JSONEncoder = JSONEncoder(), cancellation: Cancellation) throws
    -> End
  {
    let process = Process()
    let (output, errors) = (Pipe(), Pipe())
    process.executableURL = executable
    process.arguments = arguments + [String(decoding: try encoder.encode(request), as: UTF8.self)]
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, own in own }
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
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      return .failed(
        status: process.terminationStatus, words: String(decoding: messages.data, as: UTF8.self))
    }
    return .answered(printed.data)
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
