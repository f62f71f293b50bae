import Dispatch
import Foundation
import Images
import ReferenceFixtures
import Synchronization
import Testing

@Suite struct AtomicFileTests {
  @Test func `a file is replaced whole and nothing is left beside it`() throws {
    try withTemporaryFolder { folder in
      let url = folder.appendingPathComponent("a picture.png")
      for bytes in [[UInt8](repeating: 7, count: 100_000), [], [1, 2, 3]] {
        try AtomicFile.write(bytes, to: url)
        #expect(try Array(Data(contentsOf: url)) == bytes)
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a picture.png"])
    }
  }

  @Test func `a missing folder is named`() throws {
    let url = URL(fileURLWithPath: "/no/such/folder/x.png")
    #expect(throws: ImageError.unwritable(path: url.path, reason: "No such file or directory")) {
      try AtomicFile.write([1], to: url)
    }
  }

  @Test func `a failed write leaves neither a file nor a temporary one`() throws {
    try withTemporaryFolder { folder in
      let occupied = folder.appendingPathComponent("x.png")
      try FileManager.default.createDirectory(
        at: occupied.appendingPathComponent("inside"), withIntermediateDirectories: true)
      #expect(throws: ImageError.self) { try AtomicFile.write([1], to: occupied) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.png"])
    }
  }

  #if os(Linux)
    @Test func `a read-only file system is an error`() {
      #expect(throws: ImageError.self) { try AtomicFile.write([1], to: URL(fileURLWithPath: "/proc/x.png")) }
    }
  #endif
}

extension AtomicFileTests {
  @Test func `leftovers of killed processes are cleared, and nothing else`() throws {
    try withTemporaryFolder { folder in
      func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
      for name in [".a.png.1x.tome-eval.tmp", ".other.tmp", "b.tome-eval.tmp", "a.png"] {
        try Data("x".utf8).write(to: file(name))
      }
      // One that is being written to is locked.
      let written = file(".c.png.2y.tome-eval.tmp")
      try Data("x".utf8).write(to: written)
      let descriptor = open(written.path, O_RDWR)
      defer { close(descriptor) }
      #expect(flock(descriptor, LOCK_EX | LOCK_NB) == 0)
      // Through a link nothing is removed either.
      try FileManager.default.createSymbolicLink(
        at: file(".d.png.3z.tome-eval.tmp"), withDestinationURL: file("a.png"))
      AtomicFile.clearLeftovers(in: folder)
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
          ".c.png.2y.tome-eval.tmp", ".d.png.3z.tome-eval.tmp", ".other.tmp", "a.png", "b.tome-eval.tmp",
        ])
      AtomicFile.clearLeftovers(in: file("nowhere"))
    }
  }

  @Test func `files are written while leftovers are cleared`() throws {
    try withTemporaryFolder { folder in
      let failures = Mutex(0)
      DispatchQueue.concurrentPerform(iterations: 200) { index in
        if index.isMultiple(of: 2) {
          AtomicFile.clearLeftovers(in: folder)
        } else {
          do { try AtomicFile.write([1], to: folder.appendingPathComponent("\(index)")) } catch {
            failures.withLock { $0 += 1 }
          }
        }
      }
      #expect(failures.withLock { $0 } == 0)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names.count == 100)
    }
  }
}
