import Foundation

/// A service that is asked over HTTP.
struct HTTPService: Sendable {
  /// As messages begin, as in `the web UI at http://127.0.0.1:7860`.
  let name: String
  let address: ServiceAddress
  /// The longest that an answer may take.
  let timeout: Duration
  /// What it means that there is no such path.
  let missing: String
  /// Nil for a service without TLS.
  private let secure: SecureExchange?

  /// The longest that it is waited for an answer that nothing depends on.
  static let longestFarewell = Duration.seconds(5)
  /// Pauses before what failed in passing is tried again.
  private static let pauses = [0.5, 2.0]

  /// - Parameter kind: what it is, as in `the web UI`
  init(_ kind: String, at address: ServiceAddress, timeout: Duration, missing: String) {
    name = "\(kind) at \(address)"
    self.address = address
    self.timeout = timeout
    self.missing = missing
    secure = address.isSecure ? SecureExchange() : nil
  }

  /// - Parameters:
  ///   - query: unescaped
  ///   - timeout: nil for the service's own
  ///   - isCancelled: asked while waiting
  /// - Throws: ``HTTPFailure`` for everything but an answer with a status of 200 to 299, or `CancellationError`
  func get(
    _ path: String, query: [(name: String, value: String)] = [], timeout: Duration? = nil,
    isCancelled: () -> Bool
  ) throws -> HTTPAnswer {
    try answer(HTTPRequest("GET", path, query: query, at: address), timeout, isCancelled)
  }

  /// - Parameter body: JSON
  /// - Throws: as ``get(_:query:timeout:isCancelled:)`` does
  func post(
    _ path: String, body: Data, timeout: Duration? = nil, isCancelled: () -> Bool
  ) throws -> HTTPAnswer {
    try answer(HTTPRequest("POST", path, body: body, at: address), timeout, isCancelled)
  }

  /// Asks for what must be known before the first picture.
  /// - Throws: ``EngineError``
  func introduce<Value>(_ ask: () throws -> Value) throws(EngineError) -> Value {
    do {
      return try ask()
    } catch let error as EngineError {
      throw error
    } catch {
      throw .worker("\(name) \(error)")
    }
  }

  /// Asks for something a few times where it fails in passing.
  /// - Parameter repair: called before another try
  func persistently<Value>(
    isCancelled: () -> Bool, repair: () -> Void = {}, _ ask: () throws -> Value
  ) throws -> Value {
    for pause in Self.pauses {
      do {
        return try ask()
      } catch let failure as HTTPFailure where failure.isPassing {
        try sleep(pause, isCancelled)
        repair()
      }
    }
    return try ask()
  }

  /// - Throws: `CancellationError`
  func sleep(_ seconds: Double, _ isCancelled: () -> Bool) throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < end {
      if isCancelled() { throw CancellationError() }
      Thread.sleep(forTimeInterval: min(Double(Patience.piece) / 1000, seconds))
    }
  }

  private func answer(
    _ request: HTTPRequest, _ timeout: Duration?, _ isCancelled: () -> Bool
  ) throws -> HTTPAnswer {
    let answer = try withoutActuallyEscaping(isCancelled) { isCancelled in
      let patience = Patience(timeout ?? self.timeout, isCancelled: isCancelled)
      return try secure?.answer(request, patience) ?? plainAnswer(request, patience)
    }
    guard (200...299).contains(answer.status) else { throw failure(answer) }
    return answer
  }

  private func plainAnswer(_ request: HTTPRequest, _ patience: Patience) throws -> HTTPAnswer {
    let connection = try TCPConnection(host: address.host, port: address.port, patience, path: request.path)
    try connection.transmit(request.bytes, patience, path: request.path)
    var parser = HTTPResponseParser(path: request.path)
    while true {
      if let answer = try parser.take(connection.receive(patience, path: request.path)) { return answer }
    }
  }

  private func failure(_ answer: HTTPAnswer) -> HTTPFailure {
    let words = ServiceWords.of(answer.body)
    let own = words.isEmpty ? "" : ": \(words)"
    let text: String
    switch answer.status {
    case 401, 403:
      text =
        address.authorization == nil
        ? "asks for a user and a password; pass them with --api-auth USER:PASSWORD or TOME_EVAL_API_AUTH"
        : "does not take the user and the password that it was given (status \(answer.status))"
    case 300...399:
      text =
        "sends \(answer.path) on to \(answer.headers["location"] ?? "elsewhere"); pass that address with --url"
    case 404: text = "has no \(answer.path); \(missing)\(own)"
    case 422: text = "does not take a field of \(answer.path)\(own)"
    case 500...599: text = "failed at \(answer.path) (status \(answer.status))\(own)"
    default: text = "refuses \(answer.path) (status \(answer.status))\(own)"
    }
    return HTTPFailure(.status(answer.status), text)
  }
}
