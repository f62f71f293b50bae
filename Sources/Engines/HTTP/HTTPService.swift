import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A service that is asked over HTTP.
struct HTTPService: Sendable {
  /// As messages begin, as in `the web UI at http://127.0.0.1:7860`.
  let name: String
  let address: ServiceAddress
  /// The longest that an answer may take.
  let timeout: Duration
  /// What it means that there is no such path.
  let missing: String
  private let session: URLSession

  /// How long the connection is waited for in pieces, between which a stop can be asked for.
  private static let piece = 0.1
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
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    session = URLSession(configuration: configuration)
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
    try answer(request(path, query), path, timeout, isCancelled)
  }

  /// - Parameter body: JSON
  /// - Throws: as ``get(_:query:timeout:isCancelled:)`` does
  func post(
    _ path: String, body: Data, timeout: Duration? = nil, isCancelled: () -> Bool
  ) throws -> HTTPAnswer {
    var request = try request(path, [])
    request.httpMethod = "POST"
    request.httpBody = body
    request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    return try answer(request, path, timeout, isCancelled)
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
      Thread.sleep(forTimeInterval: min(Self.piece, seconds))
    }
  }

  private func request(_ path: String, _ query: [(name: String, value: String)]) throws -> URLRequest {
    guard let url = address.url(path, query) else {
      throw HTTPFailure(.unexpected, "cannot be asked for \(path): that makes no address")
    }
    // How long to wait is decided below.
    var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: 1e6)
    request.setValue(address.authorization, forHTTPHeaderField: "Authorization")
    // Over a connection that is used again, a request with a body never ends on Linux when the other side closes.
    request.setValue("close", forHTTPHeaderField: "Connection")
    return request
  }

  /// What became of a request, by the thread that waited for it.
  private final class Outcome: Sendable {
    let answer = Mutex<Result<HTTPAnswer, HTTPFailure>?>(nil)
  }

  private func answer(
    _ request: URLRequest, _ path: String, _ timeout: Duration?, _ isCancelled: () -> Bool
  ) throws -> HTTPAnswer {
    let outcome = Outcome()
    let done = DispatchSemaphore(value: 0)
    let task = session.dataTask(with: request) { body, response, error in
      let result = Self.result(body, response, error, path)
      outcome.answer.withLock { $0 = result }
      done.signal()
    }
    task.resume()
    let longest = timeout ?? self.timeout
    let deadline = ContinuousClock.now + longest
    while done.wait(timeout: .now() + Self.piece) == .timedOut {
      guard !isCancelled() else {
        task.cancel()
        throw CancellationError()
      }
      guard ContinuousClock.now < deadline else {
        task.cancel()
        throw HTTPFailure(
          .late, "gives no answer to \(path) within \(Int(longest / .seconds(1))) s (--timeout)")
      }
    }
    guard let result = outcome.answer.withLock(\.self) else { preconditionFailure("no result was kept") }
    let answer = try result.get()
    guard (200...299).contains(answer.status) else { throw failure(answer) }
    return answer
  }

  private static func result(
    _ body: Data?, _ response: URLResponse?, _ error: (any Error)?, _ path: String
  ) -> Result<HTTPAnswer, HTTPFailure> {
    if let error { return .failure(failure(error, path)) }
    guard let response = response as? HTTPURLResponse else {
      return .failure(HTTPFailure(.unexpected, "answers \(path) with no HTTP"))
    }
    let headers = response.allHeaderFields.compactMap { name, value in
      (name as? String).flatMap { name in (value as? String).map { (name.lowercased(), $0) } }
    }
    return .success(
      HTTPAnswer(
        status: response.statusCode, body: body ?? Data(),
        headers: Dictionary(headers) { first, _ in first }, path: path))
  }

  private static func failure(_ error: any Error, _ path: String) -> HTTPFailure {
    switch (error as? URLError)?.code {
    case .cannotConnectToHost, .cannotFindHost, .dnsLookupFailed, .notConnectedToInternet:
      HTTPFailure(.unreachable, "cannot be reached (\(error.localizedDescription)); is it running there?")
    default:
      HTTPFailure(.dropped, "broke the connection at \(path) (\(error.localizedDescription))")
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
    case 404: text = "has no \(answer.path); \(missing)\(own)"
    case 422: text = "does not take a field of \(answer.path)\(own)"
    case 500...599: text = "failed at \(answer.path) (status \(answer.status))\(own)"
    default: text = "refuses \(answer.path) (status \(answer.status))\(own)"
    }
    return HTTPFailure(.status(answer.status), text)
  }
}
