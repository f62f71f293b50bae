import Foundation
import GRDB
import ReferenceFixtures
import ResultStore
import Testing

@Suite struct ForeignFileTests {
  let folder: TemporaryFolder
  let file: URL

  init() throws {
    folder = try TemporaryFolder()
    file = folder.url.appendingPathComponent("store.sqlite")
  }

  @Test func `a store that is not there is an error unless it is to be made`() {
    #expect(throws: StoreError.missing(path: file.path)) { try ResultStore(file) }
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  @Test func `a store of a newer schema is refused and left as it was`() throws {
    do {
      let store = try ResultStore(file, access: .creating)
      _ = try begin(store, exampleRun())
    }
    try DatabaseQueue(path: file.path).write { db in
      try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('99-from-the-future')")
    }
    let before = try Data(contentsOf: file)
    #expect(throws: StoreError.newerSchema(path: file.path, step: "99-from-the-future")) {
      try ResultStore(file, access: .creating)
    }
    #expect(try Data(contentsOf: file) == before)
  }

  @Test func `a file that is no database, and another program's database, are left as they were`() throws {
    try Data(repeating: 65, count: 5000).write(to: file)
    #expect(throws: StoreError.notAStore(path: file.path)) { try ResultStore(file, access: .creating) }
    #expect(try Data(contentsOf: file) == Data(repeating: 65, count: 5000))
    let other = folder.url.appendingPathComponent("other.sqlite")
    try DatabaseQueue(path: other.path).write { try $0.execute(sql: "CREATE TABLE run (x)") }
    let before = try Data(contentsOf: other)
    #expect(throws: StoreError.notAStore(path: other.path)) { try ResultStore(other, access: .creating) }
    #expect(try Data(contentsOf: other) == before)
  }

  @Test func `a folder or a pipe in the store's place is none, and a path below a file is unwritable`() throws
  {
    #expect(throws: StoreError.noFile(path: folder.url.path, kind: "a folder")) {
      try ResultStore(folder.url, access: .creating)
    }
    let store = folder.url.appendingPathComponent("s.sqlite")
    do { _ = try ResultStore(store, access: .creating) }
    for name in ["s.sqlite-wal", "s.sqlite-journal", "pipe"] {
      let pipe = folder.url.appendingPathComponent(name).path
      #expect(mkfifo(pipe, 0o600) == 0)
      for access in [ResultStore.Access.reading, .writing, .creating] {
        #expect(throws: StoreError.noFile(path: pipe, kind: "a pipe")) {
          try ResultStore(name == "pipe" ? URL(fileURLWithPath: pipe) : store, access: access)
        }
      }
      unlink(pipe)
    }
    try Data("x".utf8).write(to: folder.url.appendingPathComponent("plain"))
    let below = folder.url.appendingPathComponent("plain/store.sqlite")
    #expect { try ResultStore(below, access: .creating) } throws: { error in
      if case .unwritable(below.path, _)? = error as? StoreError { true } else { false }
    }
  }

  @Test func `every message names the file`() {
    let errors: [StoreError] = [
      .missing(path: "/p"), .noFile(path: "/p", kind: "a pipe"), .notAStore(path: "/p"),
      .damaged(path: "/p", reason: "r"),
      .newerSchema(path: "/p", step: "9"), .locked(path: "/p"), .unwritable(path: "/p", reason: "r"),
      .diskFull(path: "/p"), .noSuchRun(path: "/p", name: "n", known: ["m"]),
      .failed(path: "/p", reason: "r"),
    ]
    for error in errors { #expect("\(error)".hasPrefix("/p: ")) }
  }
}
