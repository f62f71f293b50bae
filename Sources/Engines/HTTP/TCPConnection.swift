import Foundation

/// A TCP connection that never keeps its user waiting for longer than it wants.
///
/// (URLSession on Linux loses a request now and then when one connection is opened right after another was closed: its
/// socket is watched no longer, or watched without end.)
struct TCPConnection: ~Copyable {
  private let descriptor: Int32

  /// - Throws: ``HTTPFailure`` with what the system says, or `CancellationError`
  init(host: String, port: Int, _ patience: Patience, path: String) throws {
    var hints = addrinfo()
    #if canImport(Glibc)
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var found: UnsafeMutablePointer<addrinfo>?
    let status = getaddrinfo(host, "\(port)", &hints, &found)
    guard status == 0 else { throw Self.unreachable(String(cString: gai_strerror(status))) }
    defer { freeaddrinfo(found) }
    var reason = "no address"
    var next = found
    while let candidate = next {
      switch try Self.open(candidate.pointee, patience, path) {
      case .success(let descriptor):
        self.descriptor = descriptor
        return
      case .failure(let error): reason = error.reason
      }
      next = candidate.pointee.ai_next
    }
    throw Self.unreachable(reason)
  }

  deinit { close(descriptor) }

  private struct Refusal: Error { let reason: String }

  private static func unreachable(_ reason: String) -> HTTPFailure {
    HTTPFailure(.unreachable, "cannot be reached (\(reason)); is it running there?")
  }

  private static var systemReason: String { String(cString: strerror(errno)) }

  private static func open(
    _ address: addrinfo, _ patience: Patience, _ path: String
  ) throws -> Result<Int32, Refusal> {
    let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
    guard descriptor >= 0 else { return .failure(Refusal(reason: systemReason)) }
    var isOpen = false
    defer { if !isOpen { close(descriptor) } }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    #if canImport(Darwin)
      var yes: Int32 = 1
      setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
    #endif
    if connect(descriptor, address.ai_addr, address.ai_addrlen) != 0 {
      guard errno == EINPROGRESS else { return .failure(Refusal(reason: systemReason)) }
      try wait(descriptor, for: POLLOUT, patience, path)
      var error: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size)
      guard error == 0 else { return .failure(Refusal(reason: String(cString: strerror(error)))) }
    }
    isOpen = true
    return .success(descriptor)
  }

  private static func wait(
    _ descriptor: Int32, for event: some BinaryInteger, _ patience: Patience, _ path: String
  ) throws {
    while true {
      try patience.check(path)
      var waited = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      if poll(&waited, 1, Int32(Patience.piece)) > 0 { return }
    }
  }

  /// - Throws: ``HTTPFailure`` when the other side takes no more, or `CancellationError`
  func transmit(_ bytes: [UInt8], _ patience: Patience, path: String) throws {
    #if canImport(Darwin)
      let flags: Int32 = 0
    #else
      let flags = Int32(MSG_NOSIGNAL)
    #endif
    var sent = 0
    while sent < bytes.count {
      try Self.wait(descriptor, for: POLLOUT, patience, path)
      let count = bytes[sent...].withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, flags) }
      if count >= 0 {
        sent += count
      } else if errno != EINTR, errno != EAGAIN {
        throw HTTPFailure(.dropped, "broke the connection at \(path) (\(Self.systemReason))")
      }
    }
  }

  /// What has come, at least a byte; empty at the end.
  /// - Throws: ``HTTPFailure`` when the other side broke off, or `CancellationError`
  func receive(_ patience: Patience, path: String) throws -> ArraySlice<UInt8> {
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      try Self.wait(descriptor, for: POLLIN, patience, path)
      let count = recv(descriptor, &part, part.count, 0)
      if count >= 0 { return part.prefix(count) }
      guard errno == EINTR || errno == EAGAIN else {
        throw HTTPFailure(.dropped, "broke the connection at \(path) (\(Self.systemReason))")
      }
    }
  }
}
