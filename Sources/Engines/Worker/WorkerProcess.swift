import Foundation
import Machine
import Synchronization

/// A started worker: its lines, its end, and the last that it said on standard error.
final class WorkerProcess {
  /// Why no answer comes.
  enum Failure: Error {
    /// It ended, or closed its output.
    case ended(status: Int32?)
    case late
    case unstartable(String)
  }

  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private let errors = Pipe()
  private let log = Log()
  private var unread: [UInt8] = []

  /// Characters of the log that a message holds at most.
  private static let shownLog = 600
  /// Bytes of the longest answer.
  private static let longestLine = 1 << 20

  init(_ command: [String]) throws(Failure) {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["--"] + command
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch { throw .unstartable(error.localizedDescription) }
    readLog()
  }

  /// Keeps the log as it is written, until the worker ends.
  ///
  /// A thread holds the descriptor open until then: closed while a readability handler waits for it, it would bring
  /// Dispatch down.
  private func readLog() {
    let handle = errors.fileHandleForReading
    Thread.detachNewThread { [log] in
      while true {
        let data = handle.availableData
        guard !data.isEmpty else { return }
        log.append(data)
      }
    }
  }

  deinit { end() }

  /// The last lines that it wrote to standard error, as one.
  var lastWords: String {
    // What it wrote just before it ended may still be on its way.
    if !process.isRunning { Thread.sleep(forTimeInterval: 0.1) }
    let text = log.text
    let lines = text.split(whereSeparator: \.isNewline).map {
      $0.trimmingCharacters(in: .whitespaces)
    }.filter { !$0.isEmpty }
    return String(lines.suffix(3).joined(separator: " | ").suffix(Self.shownLog))
  }

  func send(_ message: some Encodable) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      try input.fileHandleForWriting.write(contentsOf: encoder.encode(message) + [0x0A])
    } catch { throw .ended(status: status) }
  }

  /// The next line that it answers.
  /// - Parameter isCancelled: asked while waiting
  /// - Throws: ``Failure``, or `CancellationError`
  func line(timeout: Duration, isCancelled: () -> Bool) throws -> [UInt8] {
    let descriptor = output.fileHandleForReading.fileDescriptor
    let deadline = ContinuousClock.now + timeout
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let end = unread.firstIndex(of: 0x0A) {
        let line = Array(unread[..<end])
        unread.removeSubrange(...end)
        return line
      }
      guard unread.count < Self.longestLine else { throw Failure.ended(status: nil) }
      if isCancelled() { throw CancellationError() }
      guard ContinuousClock.now < deadline else { throw Failure.late }
      var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waited, 1, 100) > 0 else { continue }
      let count = read(descriptor, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure.ended(status: status) }
      unread += part.prefix(count)
    }
  }

  private var status: Int32? {
    // It may close its output a moment before it ends.
    for _ in 0..<20 where process.isRunning { Thread.sleep(forTimeInterval: 0.05) }
    return process.isRunning ? nil : process.terminationStatus
  }

  /// Asks it to end, and makes it.
  func end() {
    guard process.isRunning else { return }
    try? send(WorkerMessage.Bye())
    try? input.fileHandleForWriting.close()
    for _ in 0..<20 where process.isRunning { Thread.sleep(forTimeInterval: 0.05) }
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }

  /// Ends it at once, in the midst of a picture.
  func kill() { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  private func kill(_ process: Int32, _ signal: Int32) { _ = Foundation.kill(process, signal) }
}

/// The end of what a process writes to standard error.
private final class Log: Sendable {
  private let bytes = Mutex<[UInt8]>([])
  /// Bytes that are kept.
  private static let kept = 8192

  func append(_ data: Data) { bytes.withLock { $0 = Array(($0 + data).suffix(Self.kept)) } }

  var text: String { String(decoding: bytes.withLock(\.self), as: UTF8.self) }
}
