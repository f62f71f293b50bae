import Digests
import Files
public import Foundation

/// Remembers the digests of large files, so that a checkpoint that did not change is not read again to identify it.
///
/// A file is taken for the same while its path, size, inode and time of last modification are. Every file has an
/// entry of its own, replaced as a whole: what is broken, foreign or cannot be written only costs the reading.
public struct DigestCache: Sendable {
  private let folder: URL

  /// Smaller files (in bytes) are read as fast as their entries.
  static let smallest = 1 << 20
  /// Entries that are kept, the newest ones.
  static let capacity = 512
  /// In bytes; a terabyte has an entry of half of it.
  private static let largestEntry = 16 << 20

  /// - Parameter folder: need not exist; see ``standardFolder(environment:)``
  public init(folder: URL = Self.standardFolder()) {
    self.folder = folder.appendingPathComponent("digests", isDirectory: true)
  }

  /// `$TOME_EVAL_CACHE`, else `tome-eval` in `$XDG_CACHE_HOME` or in the user's folder of caches.
  /// - Parameter environment: where these variables are looked up
  public static func standardFolder(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL {
    func folder(_ name: String) -> URL? {
      environment[name].flatMap { $0.isEmpty ? nil : URL(fileURLWithPath: $0, isDirectory: true) }
    }
    if let own = folder("TOME_EVAL_CACHE") { return own }
    #if canImport(Darwin)
      let caches = "Library/Caches"
    #else
      let caches = ".cache"
    #endif
    let home = FileManager.default.homeDirectoryForCurrentUser
    return (folder("XDG_CACHE_HOME") ?? home.appendingPathComponent(caches))
      .appendingPathComponent("tome-eval", isDirectory: true)
  }

  /// The digests of the file at `path`, which is read unless they are known.
  func digests(ofFile path: String) throws(CheckpointError) -> [String] {
    guard let state = FileState(path), state.size >= Self.smallest else {
      return try FileMapping(path: path).digests()
    }
    let entry = folder.appendingPathComponent(SHA256.hex(of: Array(path.utf8)))
    if let known = Self.digests(in: entry, of: state) { return known }
    let digests = try FileMapping(path: path).digests()
    if state.isSettled, FileState(path) == state {
      store(([state.description] + digests).joined(separator: "\n"), as: entry)
    }
    return digests
  }

  private static func digests(in entry: URL, of state: FileState) -> [String]? {
    guard let data = try? RegularFile.contents(entry.path, limit: Self.largestEntry),
      let text = String(data: data, encoding: .utf8)
    else { return nil }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let digests = Array(lines.dropFirst())
    let count = (state.size + FileMapping.digested - 1) / FileMapping.digested
    guard lines.first == state.description, digests.count == count,
      digests.allSatisfy({ $0.utf8.count == 64 && $0.allSatisfy(\.isHexDigit) })
    else { return nil }
    return digests
  }

  private func store(_ text: String, as entry: URL) {
    let manager = FileManager.default
    try? manager.createDirectory(at: folder, withIntermediateDirectories: true)
    try? Data(text.utf8).write(to: entry, options: .atomic)
    guard let entries = try? manager.contentsOfDirectory(atPath: folder.path), entries.count > Self.capacity
    else { return }
    let dated = entries.map { name in
      let file = folder.appendingPathComponent(name)
      return (file: file, written: FileState(file.path)?.modified ?? 0)
    }
    for (file, _) in dated.sorted(by: { $0.written > $1.written }).dropFirst(Self.capacity) {
      try? manager.removeItem(at: file)
    }
  }
}
