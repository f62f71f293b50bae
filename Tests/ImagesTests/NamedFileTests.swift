import Foundation
import Images
import ReferenceFixtures
import Testing

@Suite struct `A file that a user named` {
  private static func bytes(_ url: URL) throws -> [UInt8] { try Array(Data(contentsOf: url)) }

  @Test func `is replaced whole where links lead to it, and they stay links`() throws {
    try withTemporaryFolder { folder in
      func url(_ name: String) -> URL { folder.appendingPathComponent(name) }
      let manager = FileManager.default
      try manager.createDirectory(at: url("elsewhere"), withIntermediateDirectories: true)
      try Data([9]).write(to: url("elsewhere/old.png"))
      try manager.createSymbolicLink(atPath: url("first").path, withDestinationPath: "second")
      try manager.createSymbolicLink(atPath: url("second").path, withDestinationPath: "elsewhere/old.png")
      try manager.createSymbolicLink(
        atPath: url("open").path, withDestinationPath: url("elsewhere/new.png").path)
      for (name, target) in [
        ("first", "elsewhere/old.png"), ("open", "elsewhere/new.png"), ("plain", "plain"),
      ] {
        try NamedFile.check(url(name))
        try NamedFile.write([1, 2, 3], to: url(name))
        #expect(try Self.bytes(url(target)) == [1, 2, 3])
      }
      #expect(try manager.destinationOfSymbolicLink(atPath: url("first").path) == "second")
      #expect(try manager.destinationOfSymbolicLink(atPath: url("second").path) == "elsewhere/old.png")
      #expect(
        try manager.contentsOfDirectory(atPath: url("elsewhere").path).sorted() == ["new.png", "old.png"])
    }
  }

  @Test func `is written to where it is a pipe`() throws {
    try withTemporaryFolder { folder in
      let pipe = folder.appendingPathComponent("pipe")
      try #require(mkfifo(pipe.path, 0o600) == 0)
      // Opened for both, it waits for nobody.
      let reader = open(pipe.path, O_RDWR)
      defer { close(reader) }
      try NamedFile.check(pipe)
      try NamedFile.write([1, 2, 3], to: pipe)
      var read: [UInt8] = [0, 0, 0, 0]
      #expect(Foundation.read(reader, &read, 4) == 3 && read == [1, 2, 3, 0])
      var status = stat()
      #expect(stat(pipe.path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    }
  }

  @Test func `is none where nobody reads from a pipe, which is not waited for without end`() throws {
    try withTemporaryFolder { folder in
      let pipe = folder.appendingPathComponent("pipe")
      try #require(mkfifo(pipe.path, 0o600) == 0)
      #expect(throws: ImageError.noFile(path: pipe.path, kind: "a pipe that nobody reads from")) {
        try NamedFile.write([1], to: pipe)
      }
    }
  }

  @Test func `is none where a folder or a socket is, or no folder is around it`() throws {
    try withTemporaryFolder { folder in
      #expect(throws: ImageError.noFile(path: folder.path, kind: "a folder")) {
        try NamedFile.check(folder)
      }
      #expect(throws: ImageError.noFile(path: folder.path, kind: "a folder")) {
        try NamedFile.write([1], to: folder)
      }
      let socket = folder.appendingPathComponent("s")
      try Self.bindSocket(socket.path)
      #expect(throws: ImageError.noFile(path: socket.path, kind: "a socket")) {
        try NamedFile.write([1], to: socket)
      }
      let lost = folder.appendingPathComponent("none/x.png")
      #expect(throws: ImageError.self) { try NamedFile.check(lost) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["s"])
    }
  }

  private static func bindSocket(_ path: String) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix($0.count - 1)) }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    close(descriptor)
    try #require(result == 0)
  }
}
