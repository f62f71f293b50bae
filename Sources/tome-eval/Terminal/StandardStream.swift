import Foundation

/// The two ways out of the program: every text that it prints is written here.
enum StandardStream: Int32 {
  case output = 1
  case errors = 2

  /// Makes a closed stream an error of whoever writes to it, and of nothing else.
  ///
  /// A reader that went away gives an error in place of a signal. And a descriptor that the caller closed would be
  /// given to the next file that is opened, a store maybe, which results would then be written into: in its place
  /// comes what is always empty and refuses to be written to.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    for descriptor: Int32 in 0...2 where fcntl(descriptor, F_GETFD) == -1 { _ = open("/dev/null", O_RDONLY) }
  }

  /// Writes all of the text.
  func write(_ text: String) throws(StreamError) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(rawValue, $0.baseAddress, $0.count) }
      if count >= 0 { rest = rest.dropFirst(count) } else { try waitOrFail() }
    }
  }

  /// After a write that failed: waits where the next one may succeed.
  private func waitOrFail() throws(StreamError) {
    switch errno {
    case EINTR: break
    case EAGAIN:
      var state = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
      poll(&state, 1, -1)
    case let code: throw StreamError(code: code)
    }
  }

  /// Ends the program as the system ends one whose reader went away, which is what other tools do and shells expect
  /// of `tome-eval … | head`: by the signal, without a word.
  static func endByClosedPipe() -> Never {
    signal(SIGPIPE, SIG_DFL)
    raise(SIGPIPE)
    exit(128 + SIGPIPE)
  }
}

/// Results that did not get out: one sentence.
struct StreamError: Error, CustomStringConvertible {
  /// As in `errno`.
  let code: Int32

  var description: String { "standard output: cannot be written: \(String(cString: strerror(code)))" }
}
