import Foundation
import GRDB
import ReferenceFixtures
import ResultStore
import Testing

extension ReadingTests {
  @Test func `what a killed writer left half done is undone, by readers in a copy`() throws {
    try makeStore()
    let left = folder.url.appendingPathComponent("left")
    try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
    let copied = left.appendingPathComponent("store.sqlite")
    try DatabaseQueue(path: file.path).writeWithoutTransaction { db in
      // Changes reach the file before they are complete, with a journal beside it that undoes them.
      try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN; DELETE FROM sample")
      for index in 0..<100 {
        try db.execute(sql: "INSERT INTO embedding VALUES (?, 'x', zeroblob(8000))", arguments: ["\(index)"])
      }
      for suffix in ["", "-journal"] {
        try FileManager.default.copyItem(atPath: file.path + suffix, toPath: copied.path + suffix)
      }
      try db.execute(sql: "ROLLBACK")
    }
    let before = try Data(contentsOf: copied)
    for access in [ResultStore.Access.reading, .writing] {
      let store = try ResultStore(copied, access: access)
      #expect(try store.contents(ofRun: store.latestRun().id).samples.count == 8)
      #expect(try store.embedding(of: "0", clipFingerprint: "x", count: 2000) == nil)
      if access == .reading { #expect(try Data(contentsOf: copied) == before) }
    }
  }
}
