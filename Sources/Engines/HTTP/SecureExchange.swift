import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A request over TLS, by the system's own client.
struct SecureExchange: Sendable {
  private let session: URLSession

  /// Seconds, for a session that is not to decide when an answer is late.
  private static let forever = 1e6

  init() {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.httpCookieStorage = nil
    configuration.timeoutIntervalForRequest = Self.forever
    session = URLSession(configuration: configuration)
  }

  /// What became of a request, by the thread that waited for it.
  private final class Outcome: Sendable {
    let answer = Mutex<Result<HTTPAnswer, HTTPFailure>?>(nil)
  }

  /// - Throws: ``HTTPFailure`` or `CancellationError`
  func answer(_ request: HTTPRequest, _ patience: Patience) throws -> HTTPAnswer {
    var asked = URLRequest(
      url: request.url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: Self.forever)
    asked.httpMethod = request.method
    if !request.body.isEmpty { asked.httpBody = request.body }
    for header in request.headers { asked.setValue(header.value, forHTTPHeaderField: header.name) }
    let outcome = Outcome()
    let done = DispatchSemaphore(value: 0)
    let path = request.path
    let task = session.dataTask(with: asked) { body, response, error in
      let result = Self.result(body, response, error, path)
      outcome.answer.withLock { $0 = result }
      done.signal()
    }
    task.resume()
    do {
      while done.wait(timeout: .now() + .milliseconds(Patience.piece)) == .timedOut {
        try patience.check(path)
      }
    } catch {
      task.cancel()
      throw error
    }
    guard let result = outcome.answer.withLock(\.self) else { preconditionFailure("no result was kept") }
    return try result.get()
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
}
