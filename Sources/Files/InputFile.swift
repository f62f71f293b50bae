import Foundation

/// What a user named to be read: a file, or a stream that the program was given when it was started.
///
/// A stream is standard input, named `-` or `/dev/stdin`, or one that a shell names `/dev/fd/N`, as it does for
/// `<(command)`: it is open already, whoever writes to it is there or was, and it is waited for. A pipe that lies in a
/// folder is not, see ``RegularFile``: nobody may ever write to it, and opening it would wait without a word.
public enum InputFile {
  /// What standard input is called.
  public static let standardInput = "-"

  /// Milliseconds after which it is said that a stream is waited for.
  private static let patience: Int32 = 1500
  private static let chunk = 1 << 20

  /// All bytes, to the end.
  /// - Parameters:
  ///   - limit: more bytes than that are not read
  ///   - whenWaiting: done once when a stream sends nothing for a while
  public static func bytes(
    _ path: String, limit: Int, whenWaiting: () -> Void = {}
  ) throws(FileProblem) -> [UInt8] {
    guard let stream = stream(path) else {
      do throws(FileProblem) {
        return [UInt8](try RegularFile.contents(path, limit: limit))
      } catch .noFile(.pipe) {
        throw .unreadable(
          reason: "it is a pipe that nobody may write to; let the shell open it, as in `- <'\(path)'`")
      }
    }
    // Opened anew, a pipe would wait for another writer when its own is done.
    let descriptor = dup(stream)
    guard descriptor >= 0 else { throw .unreadable(reason: FileProblem.systemReason) }
    defer { close(descriptor) }
    var status = stat()
    if fstat(descriptor, &status) == 0, FileProblem.Kind(status.st_mode) == .folder { throw .noFile(.folder) }
    if !isReady(descriptor, within: patience) { whenWaiting() }
    return try bytes(descriptor, limit: limit)
  }

  /// The descriptor of a stream; nil for the path of a file.
  private static func stream(_ path: String) -> Int32? {
    if path == standardInput || path == "/dev/stdin" { return STDIN_FILENO }
    let folder = ["/dev/fd/", "/proc/self/fd/"].first(where: path.hasPrefix)
    return folder.flatMap { Int32(path.dropFirst($0.count)) }
  }

  /// Whether there is something to read, the end included. What cannot be asked is.
  /// - Parameter milliseconds: -1 waits until there is
  private static func isReady(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
    var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&state, 1, milliseconds) != 0
  }

  private static func bytes(_ descriptor: Int32, limit: Int) throws(FileProblem) -> [UInt8] {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: chunk)
    while true {
      let count = read(descriptor, &part, part.count)
      switch (count, errno) {
      case (0, _): return bytes
      case (1..., _): bytes += part.prefix(count)
      case (_, EINTR): break
      // Whoever shares the stream may want no waiting.
      case (_, EAGAIN): _ = isReady(descriptor, within: -1)
      default: throw .unreadable(reason: FileProblem.systemReason)
      }
      guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
    }
  }
}
