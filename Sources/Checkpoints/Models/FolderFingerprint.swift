import Digests
package import Foundation

/// What tells a model's folder from others when another program loads it, and nobody knows which of its files: all that
/// can decide what it computes.
package enum FolderFingerprint {
  private static let suffixes: Set<String> = ["safetensors", "json", "txt", "model"]

  /// SHA-256 over the paths below the folder, or the file's name, and the digests of every file.
  /// - Throws: ``CheckpointError`` for a file that cannot be read.
  package static func of(_ url: URL, cache: DigestCache) throws(CheckpointError) -> String {
    var hash = SHA256()
    func add(_ text: String) { Array(text.utf8).withUnsafeBytes { hash.update($0) } }
    for path in paths(url) {
      add("\(path)\n")
      let file = path.isEmpty ? url.path : url.appendingPathComponent(path).path
      for digest in try cache.digests(ofFile: file) { add(digest) }
    }
    return hash.hexDigest()
  }

  private static func paths(_ url: URL) -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      return [""]
    }
    let found = FileManager.default.enumerator(atPath: url.path)
    var paths: [String] = []
    while let path = found?.nextObject() as? String {
      if suffixes.contains((path as NSString).pathExtension.lowercased()) { paths.append(path) }
    }
    return paths.sorted()
  }
}
