import Foundation
import ReferenceFixtures
import Synchronization
import Testing

@testable import Checkpoints

/// Files that did not change are not read again, and those that did are.
@Suite struct DigestCacheTests {
  private let folder: TemporaryFolder
  private let weights: URL
  private let cacheFolder: URL

  private static let longAgo = Date(timeIntervalSince1970: 1_600_000_000)
  private static let bytes = Data(repeating: 7, count: (8 << 20) + 5)

  init() throws {
    folder = try TemporaryFolder()
    let model = folder.url.appendingPathComponent("model")
    try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
    weights = model.appendingPathComponent("model.safetensors")
    cacheFolder = folder.url.appendingPathComponent("cache")
    try Self.bytes.write(to: weights)
    try date(Self.longAgo)
  }

  private func date(_ date: Date) throws {
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: weights.path)
  }

  private func fingerprint(cached: Bool = true) throws -> String {
    let files = LoadedFiles(
      try ModelDirectory(
        weights.deletingLastPathComponent(), cache: cached ? DigestCache(folder: cacheFolder) : nil))
    _ = try files.data(weights.lastPathComponent)
    return try files.fingerprint
  }

  private func entries() -> [URL] {
    let digests = cacheFolder.appendingPathComponent("digests")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: digests.path)) ?? []
    return names.map { digests.appendingPathComponent($0) }
  }

  /// Other bytes in the same file.
  private func overwrite(_ byte: UInt8, count: Int = Self.bytes.count) throws {
    let handle = try FileHandle(forWritingTo: weights)
    try handle.write(contentsOf: Data(repeating: byte, count: count))
    try handle.close()
  }

  @Test func `a second fingerprint opens no weights`() throws {
    let first = try fingerprint()
    #expect(try first == fingerprint(cached: false))
    try overwrite(8)
    try date(Self.longAgo)
    #expect(try fingerprint() == first)
    #expect(try fingerprint(cached: false) != first)
    #expect(entries().count == 1)
  }

  @Test func `another size, time or inode is another file`() throws {
    let first = try fingerprint()
    try overwrite(8)
    try date(Self.longAgo + 1)
    let second = try fingerprint()
    #expect(second != first)
    try overwrite(9, count: Self.bytes.count + 1)
    try date(Self.longAgo + 1)
    let third = try fingerprint()
    #expect(third != second)
    // Replaced as a whole, as downloads are; the old file lives on, so that its inode is not given away again.
    try FileManager.default.moveItem(at: weights, to: folder.url.appendingPathComponent("old"))
    try Data(repeating: 10, count: Self.bytes.count + 1).write(to: weights)
    try date(Self.longAgo + 1)
    #expect(try fingerprint() != third)
    #expect(try fingerprint() == fingerprint(cached: false))
  }

  @Test func `a file that was written just now is not remembered, nor is a small one`() throws {
    try date(.now)
    _ = try fingerprint()
    #expect(entries().isEmpty)
    try Data(repeating: 7, count: 1000).write(to: weights)
    try date(Self.longAgo)
    _ = try fingerprint()
    #expect(entries().isEmpty)
  }

  @Test(arguments: ["", "nonsense", "\u{0}", nil])
  func `a broken entry is replaced`(contents: String?) throws {
    let first = try fingerprint()
    let entry = try #require(entries().first)
    let good = try Data(contentsOf: entry)
    // Nil: its last digest is cut short.
    try (contents.map { Data($0.utf8) } ?? good.dropLast()).write(to: entry)
    #expect(try fingerprint() == first)
    #expect(try Data(contentsOf: entry) == good)
  }

  @Test func `without a folder to write to the work is done each time`() throws {
    try Data().write(to: cacheFolder)
    let first = try fingerprint()
    try overwrite(8)
    try date(Self.longAgo)
    #expect(try fingerprint() != first)
  }

  @Test func `several at once do no harm`() throws {
    let expected = try fingerprint(cached: false)
    let found = Mutex<[String?]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      let fingerprint = try? fingerprint()
      found.withLock { $0.append(fingerprint) }
    }
    #expect(found.withLock(\.self) == Array(repeating: expected, count: 8))
    #expect(entries().count == 1)
  }

  @Test func `the oldest entries go`() throws {
    let digests = cacheFolder.appendingPathComponent("digests")
    try FileManager.default.createDirectory(at: digests, withIntermediateDirectories: true)
    for index in 0..<DigestCache.capacity {
      let file = digests.appendingPathComponent("\(index)")
      try Data().write(to: file)
      try FileManager.default.setAttributes(
        [.modificationDate: Self.longAgo + Double(index)], ofItemAtPath: file.path)
    }
    _ = try fingerprint()
    let left = Set(entries().map(\.lastPathComponent))
    #expect(left.count == DigestCache.capacity && !left.contains("0") && left.contains("1"))
  }

  @Test func `the environment says where the cache lies`() {
    func path(_ environment: [String: String]) -> String {
      DigestCache.standardFolder(environment: environment).path
    }
    #expect(path(["TOME_EVAL_CACHE": "/a", "XDG_CACHE_HOME": "/b"]) == "/a")
    #expect(path(["TOME_EVAL_CACHE": "", "XDG_CACHE_HOME": "/b"]) == "/b/tome-eval")
    #expect(path([:]).hasSuffix("aches/tome-eval") || path([:]).hasSuffix(".cache/tome-eval"))
  }
}
