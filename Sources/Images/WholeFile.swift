import Foundation

/// Reads and writes files to their end, also those that do not know their length, as pipes.
enum WholeFile {
  private static let chunk = 1 << 20

  static func bytes(_ url: URL) throws(ImageError) -> [UInt8] {
    do throws(SystemError) {
      // Opened anew, a pipe waits for another writer when its own is done.
      let descriptor = try SystemError.check(
        url.path == "/dev/stdin" ? dup(STDIN_FILENO) : open(url.path, O_RDONLY | O_NOCTTY | O_CLOEXEC))
      defer { close(descriptor) }
      var status = stat()
      try SystemError.check(fstat(descriptor, &status))
      guard status.st_mode & S_IFMT != S_IFDIR else {
        throw SystemError(reason: "it is a folder, not a picture")
      }
      return try bytes(descriptor, expected: Int(status.st_size))
    } catch {
      throw .unreadable(path: url.path, reason: error.reason)
    }
  }

  static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 || errno == EINTR else { throw SystemError() }
      rest = rest.dropFirst(max(count, 0))
    }
  }

  private static func bytes(_ descriptor: Int32, expected: Int) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(max(expected, 0), PNGCodec.largestFile) + 1)
    var part = [UInt8](repeating: 0, count: chunk)
    while true {
      let count = read(descriptor, &part, part.count)
      guard count >= 0 || errno == EINTR else { throw SystemError() }
      if count == 0 { return bytes }
      bytes += part.prefix(max(count, 0))
      guard bytes.count <= PNGCodec.largestFile else {
        throw SystemError(reason: "it is longer than any picture")
      }
    }
  }
}
