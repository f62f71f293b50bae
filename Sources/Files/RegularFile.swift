public import Foundation

/// A file that can be read to its end: never a folder, nor a pipe or a device, which would keep a reader waiting.
public struct RegularFile: ~Copyable {
  /// Open for reading as long as this value lives.
  public let descriptor: Int32
  /// In bytes.
  public let size: Int

  /// Opens the file, or what a link leads to.
  public init(_ path: String) throws(FileProblem) {
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait forever.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      // A socket cannot be opened at all.
      throw errno == ENOENT || errno == ENOTDIR
        ? .missing : .unreadable(reason: errno == ENXIO ? "it is no file" : FileProblem.systemReason)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = FileProblem.systemReason
      close(descriptor)
      throw .unreadable(reason: reason)
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .unreadable(reason: "it is \(Self.kind(status.st_mode)), not a file")
    }
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// The whole file.
  /// - Parameter limit: more bytes than that are not read
  public static func contents(_ path: String, limit: Int) throws(FileProblem) -> Data {
    let file = try RegularFile(path)
    guard file.size <= limit else { throw .tooLarge(bytes: file.size, limit: limit) }
    do {
      return try FileHandle(fileDescriptor: file.descriptor, closeOnDealloc: false).read(upToCount: limit)
        ?? Data()
    } catch {
      throw .unreadable(reason: FileProblem.systemReason)
    }
  }

  private static func kind(_ mode: mode_t) -> String {
    switch mode & S_IFMT {
    case S_IFDIR: "a folder"
    case S_IFIFO: "a pipe"
    case S_IFCHR, S_IFBLK: "a device"
    default: "something else"
    }
  }
}

/// Why a file cannot be read.
public enum FileProblem: Error, Equatable {
  case missing
  case unreadable(reason: String)
  case tooLarge(bytes: Int, limit: Int)

  /// What the system says of the call that failed last.
  fileprivate static var systemReason: String { String(cString: strerror(errno)) }
}
