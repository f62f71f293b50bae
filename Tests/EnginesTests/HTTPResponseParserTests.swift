import Foundation
import Testing

@testable import Engines

@Suite struct HTTPResponseParserTests {
  /// Takes the bytes in parts of one size, then the end of the connection where one comes.
  private func answer(_ text: String, parts: Int, ends: Bool = false) throws -> HTTPAnswer? {
    var parser = HTTPResponseParser(path: "/x")
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: parts) {
      if let answer = try parser.take(bytes[start..<min(start + parts, bytes.count)]) { return answer }
    }
    return ends ? try parser.take([]) : nil
  }

  @Test(arguments: [1, 2, 7, 1000]) func `answers are read in whatever parts they come`(parts: Int) throws {
    let plain = try #require(
      try answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Process-Time:  1.5 \r\n\r\nhello", parts: parts))
    #expect(
      plain.status == 200 && plain.body == Data("hello".utf8) && plain.headers["x-process-time"] == "1.5")
    let chunked = try #require(
      try answer(
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 Oh no\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
          + "A;x=y\r\n, \r\nworld!\r\n0\r\n\r\n", parts: parts))
    #expect(chunked.status == 500 && chunked.body == Data("hello, \r\nworld!".utf8))
    let open = try #require(try answer("HTTP/1.0 200 OK\r\n\r\nto the end", parts: parts, ends: true))
    #expect(open.body == Data("to the end".utf8))
    let empty = try #require(try answer("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", parts: parts))
    #expect(empty.body.isEmpty)
    // Behind the last chunk may be headers.
    let trailed = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: b\r\n\r\n"
    #expect(try answer(trailed, parts: parts, ends: true)?.body == Data("x".utf8))
  }

  @Test(arguments: [
    ("", HTTPFailure.Kind.dropped), ("HTTP/1.1 200 OK\r\nContent-Le", .dropped),
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", .dropped),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", .dropped),
    ("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", .unexpected),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n0\r\n\r\n", .unexpected),
    ("SSH-2.0-OpenSSH_9.2\r\n", .unexpected), ("HTTP/1.1 OK\r\n\r\n", .dropped),
    (String(repeating: "x", count: 70_000), .unexpected),
  ]) func `what is no answer is told apart`(text: String, kind: HTTPFailure.Kind) {
    let failure = #expect(throws: HTTPFailure.self) { try answer(text, parts: 4096, ends: true) }
    #expect(failure?.kind == kind, "\(String(describing: failure))")
  }

  @Test func `a request is written as servers read it`() throws {
    let address = try ServiceAddress("http://127.0.0.1:8188/comfy", credentials: "u:p")
    let view = try HTTPRequest("GET", "/view", query: [("filename", "a b+c.png")], at: address)
    #expect(
      String(decoding: view.bytes, as: UTF8.self)
        == "GET /comfy/view?filename=a%20b%2Bc.png HTTP/1.1\r\nHost: 127.0.0.1:8188\r\nConnection: close\r\n"
        + "Accept: */*\r\nAuthorization: Basic dTpw\r\n\r\n")
    let post = try HTTPRequest("POST", "/x", body: Data("{}".utf8), at: ServiceAddress("http://[::1]:80"))
    let text = String(decoding: post.bytes, as: UTF8.self)
    #expect(text.hasPrefix("POST /x HTTP/1.1\r\nHost: [::1]:80\r\n"))
    #expect(text.hasSuffix("Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"))
    #expect(try ServiceAddress("http://[::1]:80").host == "::1")
  }
}
