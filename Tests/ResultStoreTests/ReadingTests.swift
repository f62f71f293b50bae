import Foundation
import GRDB
import ReferenceFixtures
import ResultStore
import Testing

/// Readers never write, and writers never show half of anything.
@Suite struct ReadingTests {
  let folder: TemporaryFolder
  var file: URL { folder.url.appendingPathComponent("store.sqlite") }

  init() throws { folder = try TemporaryFolder() }

  /// Every file beside the store, with its bytes.
  func files() throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map {
        ($0, try Data(contentsOf: folder.url.appendingPathComponent($0)))
      })
  }

  func makeStore() throws { _ = try begin(ResultStore(file, access: .creating), exampleRun()) }

  @Test func `a store at rest is one file, and reading leaves it and its folder as they were`() throws {
    try makeStore()
    let before = try files()
    #expect(before.keys.sorted() == ["store.sqlite"])
    do {
      let store = try ResultStore(file)
      #expect(try store.contents(ofRun: store.latestRun().id).samples.count == 8)
      #expect(try files() == before)
    }
    #expect(try files() == before)
  }

  @Test func `a store that is being written to is read as it is at the moment`() throws {
    let writer = try ResultStore(file, access: .creating)
    let begun = try begin(writer, exampleRun())
    let reader = try ResultStore(file)
    #expect(try reader.contents(ofRun: begun.run.id).samples.count == 8)
    _ = try begin(writer, exampleRun(key: "other", name: "other"))
    #expect(try reader.runs().count == 2)
  }

  @Test func `what a killed writer left in its log is read, and stays there`() throws {
    let writer = try ResultStore(file, access: .creating)
    _ = try begin(writer, exampleRun())
    // The files as they are while the writer is alive are what it leaves when it is killed.
    let left = folder.url.appendingPathComponent("left")
    try FileManager.default.createDirectory(at: left, withIntermediateDirectories: true)
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(
        atPath: file.path + suffix, toPath: left.appendingPathComponent("store.sqlite").path + suffix)
    }
    let copied = left.appendingPathComponent("store.sqlite")
    let before = try [copied.path, copied.path + "-wal"].map {
      try Data(contentsOf: URL(fileURLWithPath: $0))
    }
    #expect(try ResultStore(copied).runs().count == 1)
    #expect(
      try [copied.path, copied.path + "-wal"].map { try Data(contentsOf: URL(fileURLWithPath: $0)) } == before
    )
    #expect(try ResultStore(copied, access: .writing).runs().count == 1)
  }

  @Test func `a folder that cannot be written to is read all the same`() throws {
    try makeStore()
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: file.path)
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.url.path)
    defer {
      try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path)
    }
    #expect(try ResultStore(file).runs().count == 1)
  }

  @Test func `many at once on a fresh store all find it whole`() async throws {
    for round in 0..<8 {
      let fresh = folder.url.appendingPathComponent("fresh-\(round).sqlite")
      try await withThrowingTaskGroup(of: Int.self) { group in
        for index in 0..<4 {
          group.addTask {
            let store = try ResultStore(fresh, access: .creating)
            return try begin(store, exampleRun(key: "\(index)", name: "\(index)")).samples.count
          }
        }
        for try await count in group { #expect(count == 8) }
      }
      #expect(try ResultStore(fresh).runs().count == 4)
    }
  }
}
