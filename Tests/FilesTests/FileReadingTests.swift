import Files
import Foundation
import ReferenceFixtures
import Testing

/// What is read, what is refused, and that neither waits.
@Suite(.timeLimit(.minutes(10))) struct FileReadingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func path(_ name: String) -> String { folder.url.appendingPathComponent(name).path }

  @Test func `a file, and a link to one, is read to its end and up to a limit`() throws {
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path("file")))
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "file")
    for name in ["file", "link"] {
      #expect(try RegularFile.contents(path(name), limit: 3) == Data([1, 2, 3]))
      #expect(try InputFile.bytes(path(name), limit: 3) == [1, 2, 3])
      var pieces: [UInt8] = []
      try RegularFile(path(name)).forEachPiece { pieces += $0 }
      #expect(pieces == [1, 2, 3])
      #expect(throws: FileProblem.tooLarge(bytes: 3, limit: 2)) {
        try RegularFile.contents(path(name), limit: 2)
      }
      #expect(throws: FileProblem.tooLarge(bytes: 3, limit: 2)) { try InputFile.bytes(path(name), limit: 2) }
    }
    #expect(throws: FileProblem.missing) { try RegularFile.contents(path("none"), limit: 1) }
    #expect(throws: FileProblem.missing) { try RegularFile.contents(path("file/none"), limit: 1) }
  }

  @Test func `what is no file is named`() throws {
    #expect(mkfifo(path("pipe"), 0o600) == 0)
    for (path, kind) in [
      (path("pipe"), FileProblem.Kind.pipe), (folder.url.path, .folder), ("/dev/null", .device),
    ] {
      #expect(throws: FileProblem.noFile(kind)) { try RegularFile.contents(path, limit: 1) }
      #expect(FileProblem.Kind(at: path) == kind)
    }
    #expect(FileProblem.Kind(at: path("none")) == nil)
    let error = try #require(throws: FileProblem.self) { try InputFile.bytes(path("pipe"), limit: 1) }
    #expect(error.reason.contains("it is a pipe") && error.reason.contains("- <'\(path("pipe"))'"))
  }

  @Test func `a stream that is open is read as it is, and up to a limit`() throws {
    let pipe = Pipe()
    let name = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
    try pipe.fileHandleForWriting.write(contentsOf: Data([1, 2, 3]))
    var waits = 0
    #expect(throws: FileProblem.tooLarge(bytes: 3, limit: 2)) {
      try InputFile.bytes(name, limit: 2) { waits += 1 }
    }
    #expect(waits == 0)
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 2)
      try? pipe.fileHandleForWriting.write(contentsOf: Data([4]))
      try? pipe.fileHandleForWriting.close()
    }
    #expect(try InputFile.bytes(name, limit: 2) { waits += 1 } == [4])
    #expect(waits == 1)
    #expect(throws: FileProblem.unreadable(reason: String(cString: strerror(EBADF)))) {
      try InputFile.bytes("/dev/fd/-1", limit: 1)
    }
  }

  @Test func `folders are made with those around them, and what is in the way is named`() throws {
    try Folder.make(path("a/b/c"))
    try Folder.make(path("a/b/c"))
    var isFolder: ObjCBool = false
    #expect(
      FileManager.default.fileExists(atPath: path("a/b/c"), isDirectory: &isFolder) && isFolder.boolValue)
    try Data().write(to: URL(fileURLWithPath: path("file")))
    for name in ["file", "file/x", "file/x/y"] {
      #expect(throws: FileProblem.unreadable(reason: "\(path("file")) is a file, not a folder")) {
        try Folder.make(path(name))
      }
    }
    try FileManager.default.createSymbolicLink(atPath: path("link"), withDestinationPath: "nowhere")
    #expect(throws: FileProblem.unreadable(reason: "\(path("link")) is a link that leads nowhere")) {
      try Folder.make(path("link/x"))
    }
  }
}
