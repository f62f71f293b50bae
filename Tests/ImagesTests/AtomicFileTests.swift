import Foundation
import Images
import ReferenceFixtures
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
