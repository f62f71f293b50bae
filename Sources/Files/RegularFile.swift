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
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else {
      // A socket cannot be opened at all.
      throw errno == ENOENT || errno == ENOTDIR
        ? .missing : errno == ENXIO ? .noFile(.other) : .unreadable(reason: FileProblem.systemReason)
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      let reason = FileProblem.systemReason
      close(descriptor)
      throw .unreadable(reason: reason)
    }
    if let kind = FileProblem.Kind(status.st_mode) {
      close(descriptor)
      throw .noFile(kind)
    }
    self.descriptor = descriptor
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Goes through the rest of the file, a piece at a time.
  public func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) throws(FileProblem) {
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 64)
    defer { piece.deallocate() }
    while true {
      let count = read(descriptor, piece.baseAddress, piece.count)
      if count == 0 { return }
      guard count > 0 || errno == EINTR else { throw .unreadable(reason: FileProblem.systemReason) }
      body(UnsafeRawBufferPointer(rebasing: piece.prefix(max(count, 0))))
    }
  }

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
}
