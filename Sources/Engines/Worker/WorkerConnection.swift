import Foundation
import Machine

/// A worker that is kept running: one that died is started again for the next picture, but not for ever.
final class WorkerConnection {
  let introduction: WorkerMessage.Introduction
  private let command: [String]
  private let hello: WorkerMessage.Hello
  private let timeout: Duration
  private var process: WorkerProcess?
  private var isWarm = false
  private var deaths = FailuresInARow()
  private var lastID = 0

  /// Starts the worker and waits until it says what it is.
  /// - Throws: ``EngineError``
  init(_ command: [String], hello: WorkerMessage.Hello, timeout: Duration) throws(EngineError) {
    self.command = command
    self.hello = hello
    self.timeout = timeout
    let process = try Self.start(command)
    introduction = try Self.introduce(process, hello, timeout: timeout, command)
    self.process = process
  }

  private static func start(_ command: [String]) throws(EngineError) -> WorkerProcess {
    do throws(WorkerProcess.Failure) {
      return try WorkerProcess(command)
    } catch {
      throw .worker("'\(command[0])' cannot be started: \(error)")
    }
  }

  private static func introduce(
    _ process: WorkerProcess, _ hello: WorkerMessage.Hello, timeout: Duration, _ command: [String]
  ) throws(EngineError) -> WorkerMessage.Introduction {
    do {
      try process.send(hello)
      let line = try process.line(timeout: timeout, isCancelled: { false })
      if let refusal: WorkerMessage.Refusal = decode(line) { throw EngineError.worker(refusal.error) }
      guard let introduction: WorkerMessage.Introduction = decode(line) else {
        throw EngineError.worker("'\(command[0])' answers no introduction, but '\(shown(line))'")
      }
      guard introduction.protocol == WorkerMessage.version else {
        throw EngineError.worker(
          "'\(command[0])' speaks version \(introduction.protocol) of the protocol, not \(WorkerMessage.version)"
        )
      }
      return introduction
    } catch let error as EngineError {
      throw error
    } catch {
      throw .worker("'\(command[0])' \(reason(error, process, timeout))")
    }
  }

  /// Makes a picture.
  ///
  /// The first one that a process makes is made twice, and the first time does not count: what is loaded and compiled
  /// then is no cost of a picture.
  /// - Throws: ``EngineError`` for this picture alone, ``EngineStopped`` when the worker is of no use any more,
  ///   `CancellationError`
  func generate(
    isCancelled: () -> Bool, _ request: (_ id: Int) -> WorkerMessage.Generate
  ) throws -> WorkerMessage.Picture {
    if process == nil {
      let process = try Self.start(command)
      _ = try Self.introduce(process, hello, timeout: timeout, command)
      (self.process, isWarm) = (process, false)
    }
    if !isWarm {
      _ = try answer(isCancelled, request)
      isWarm = true
    }
    return try answer(isCancelled, request)
  }

  private func answer(
    _ isCancelled: () -> Bool, _ request: (_ id: Int) -> WorkerMessage.Generate
  ) throws -> WorkerMessage.Picture {
    guard let process else { preconditionFailure("asked without a worker") }
    lastID += 1
    do {
      try process.send(request(lastID))
      let line = try process.line(timeout: timeout, isCancelled: isCancelled)
      if let refusal: WorkerMessage.Refusal = Self.decode(line), refusal.id == lastID {
        deaths.end()
        throw EngineError.worker(refusal.error)
      }
      guard let picture: WorkerMessage.Picture = Self.decode(line) else {
        try died("the worker answers what is none: '\(Self.shown(line))'")
      }
      guard picture.id == lastID else {
        try died("the worker answers request \(picture.id), not \(lastID)")
      }
      deaths.end()
      return picture
    } catch is CancellationError {
      process.kill()
      self.process = nil
      throw CancellationError()
    } catch let failure as WorkerProcess.Failure {
      try died("the worker \(Self.reason(failure, process, timeout))")
    }
  }

  /// Gives the process up.
  private func died(_ reason: String) throws -> Never {
    process?.kill()
    process = nil
    try deaths.count(reason)
  }

  private static func reason(_ error: any Error, _ process: WorkerProcess, _ timeout: Duration) -> String {
    let words = process.lastWords
    let last = words.isEmpty ? "" : "; its last words: \(words)"
    switch error as? WorkerProcess.Failure {
    case .late:
      return "gives no answer within \(Int(timeout / .seconds(1))) s (--timeout)\(last)"
    case .ended(let status):
      return "ended\(status.map { " with status \($0)" } ?? "")\(last)"
    default: return "fails: \(error)\(last)"
    }
  }

  private static func decode<Message: Decodable>(_ line: [UInt8]) -> Message? {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try? decoder.decode(Message.self, from: Data(line))
  }

  private static func shown(_ line: [UInt8]) -> String {
    String(String(decoding: line, as: UTF8.self).prefix(80))
  }
}
