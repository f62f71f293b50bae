import Foundation

/// Reads an answer of HTTP/1.1 as its bytes come (RFC 9112).
struct HTTPResponseParser {
  private var bytes: [UInt8] = []
  private var head: (status: Int, headers: [String: String])?
  /// Where the body begins.
  private var start = 0
  private let path: String

  /// Bytes that a head and a body have at most.
  private static let longestHead = 1 << 16
  private static let longestBody = 1 << 30

  init(path: String) { self.path = path }

  /// Takes what came, and gives the answer once it is whole.
  /// - Parameter part: empty at the end of the connection
  /// - Throws: ``HTTPFailure`` for what is no HTTP, and when the connection ended before the answer did
  mutating func take(_ part: ArraySlice<UInt8>) throws(HTTPFailure) -> HTTPAnswer? {
    bytes += part
    let isEnd = part.isEmpty
    while head == nil {
      guard let end = endOfHead else {
        guard bytes.count <= Self.longestHead else { throw noHTTP("its head has no end") }
        guard isEnd else { return nil }
        throw bytes.isEmpty ? dropped("no answer came") : brokenHead
      }
      let read = try parse(bytes[..<end.lowerBound])
      if (100...199).contains(read.status), read.status != 101 {
        // More of the answer follows.
        bytes.removeSubrange(..<end.upperBound)
        continue
      }
      (head, start) = (read, end.upperBound)
    }
    guard bytes.count - start <= Self.longestBody else { throw noHTTP("it has no end") }
    guard let head, let body = try body(head.headers, isEnd: isEnd) else { return nil }
    return HTTPAnswer(status: head.status, body: body, headers: head.headers, path: path)
  }

  private func noHTTP(_ reason: String) -> HTTPFailure {
    HTTPFailure(.unexpected, "answers \(path) with something else than HTTP: \(reason)")
  }

  private func dropped(_ reason: String) -> HTTPFailure {
    HTTPFailure(.dropped, "broke the connection at \(path) (\(reason))")
  }

  private var brokenHead: HTTPFailure {
    let line = String(decoding: bytes.prefix(40), as: UTF8.self)
    return line.hasPrefix("HTTP/") ? dropped("the answer broke off") : noHTTP("'\(ServiceWords.short(line))'")
  }

  /// The empty line behind the head.
  private var endOfHead: Range<Int>? {
    let line: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
    guard bytes.count >= line.count else { return nil }
    return (0...bytes.count - line.count).first { bytes[$0..<$0 + line.count].elementsEqual(line) }.map {
      $0..<$0 + line.count
    }
  }

  private func parse(
    _ head: ArraySlice<UInt8>
  ) throws(HTTPFailure) -> (status: Int, headers: [String: String]) {
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      throw brokenHead
    }
    let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      return (line[..<colon].lowercased(), value)
    }
    return (status, Dictionary(pairs) { first, _ in first })
  }

  /// Nil while some of it is still to come.
  private func body(_ headers: [String: String], isEnd: Bool) throws(HTTPFailure) -> Data? {
    if headers["transfer-encoding"]?.lowercased().contains("chunked") == true {
      // Looked at once, not with every part that comes.
      if isEnd || bytes.suffix(5).elementsEqual("0\r\n\r\n".utf8), let whole = try chunks() { return whole }
    } else if let length = headers["content-length"] {
      guard let count = Int(length), count >= 0 else { throw noHTTP("Content-Length: \(length)") }
      if bytes.count - start >= count { return Data(bytes[start..<start + count]) }
    } else if isEnd {
      return Data(bytes[start...])
    }
    if isEnd { throw dropped("the answer broke off after \(bytes.count - start) bytes") }
    return nil
  }

  /// Nil while some of them are still to come.
  private func chunks() throws(HTTPFailure) -> Data? {
    var whole = Data()
    var place = start
    while let end = bytes[place...].firstIndex(of: 0x0A) {
      let line = String(decoding: bytes[place..<end], as: UTF8.self)
      let digits = line.prefix { $0 != ";" && $0 != "\r" }.trimmingCharacters(in: .whitespaces)
      guard let count = Int(digits, radix: 16), count >= 0, count <= Self.longestBody else {
        throw noHTTP("a chunk of '\(ServiceWords.short(line))' bytes")
      }
      if count == 0 { return whole }
      let first = end + 1
      // Two more end the chunk's own line.
      guard bytes.count >= first + count + 2 else { return nil }
      whole += bytes[first..<first + count]
      place = first + count + 2
    }
    return nil
  }
}
