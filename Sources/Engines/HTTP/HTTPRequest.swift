import Foundation

/// What a service is asked.
struct HTTPRequest: Sendable {
  let method: String
  /// Whole, with its query.
  let url: URL
  /// As messages name it, without its query.
  let path: String
  let headers: [(name: String, value: String)]
  let body: Data

  /// Over a connection of its own, which ends with the answer.
  ///
  /// - Parameter path: below `address`
  /// - Throws: ``HTTPFailure`` where that makes no address
  init(
    _ method: String, _ path: String, query: [(name: String, value: String)] = [], body: Data = Data(),
    at address: ServiceAddress
  ) throws(HTTPFailure) {
    guard let url = address.url(path, query) else {
      throw HTTPFailure(.unexpected, "cannot be asked for \(path): that makes no address")
    }
    self.method = method
    self.url = url
    self.path = path
    self.body = body
    headers =
      [("Connection", "close"), ("Accept", "*/*")]
      + (address.authorization.map { [("Authorization", $0)] } ?? [])
      + (body.isEmpty ? [] : [("Content-Type", "application/json")])
  }

  /// What goes over the connection, as HTTP/1.1 has it (RFC 9112).
  var bytes: [UInt8] {
    let components = URLComponents(url: url, resolvingAgainstBaseURL: false)
    let target =
      (components?.percentEncodedPath ?? "/") + (components?.percentEncodedQuery.map { "?\($0)" } ?? "")
    let host = (components?.percentEncodedHost ?? "") + (url.port.map { ":\($0)" } ?? "")
    let length = method == "GET" ? [] : [("Content-Length", "\(body.count)")]
    let lines =
      ["\(method) \(target) HTTP/1.1"]
      + ([("Host", host)] + headers + length).map { "\($0.0): \($0.1)" }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }
}

/// How long an answer is waited for.
struct Patience {
  /// As messages have it, in seconds.
  let longest: Duration
  let deadline: ContinuousClock.Instant
  let isCancelled: () -> Bool

  init(_ longest: Duration, isCancelled: @escaping () -> Bool) {
    self.longest = longest
    deadline = .now + longest
    self.isCancelled = isCancelled
  }

  /// Milliseconds between two looks at whether to go on.
  static let piece = 100

  /// - Throws: ``HTTPFailure`` or `CancellationError` when it is at its end
  func check(_ path: String) throws {
    if isCancelled() { throw CancellationError() }
    guard ContinuousClock.now < deadline else {
      throw HTTPFailure(
        .late, "gives no answer to \(path) within \(Int(longest / .seconds(1))) s (--timeout)")
    }
  }
}
