import Foundation
import Tensors

extension ModelDirectory {
  /// A hash of everything in the folder that decides what the model computes: weights,
  /// configurations and vocabularies, by relative path, each cut into 8 MiB chunks whose
  /// SHA-256 digests are hashed together.
  ///
  /// - Parameter components: the subfolders that count, in any order; empty for the
  ///   folder's own files.
  /// - Throws: ``CheckpointError`` when a file cannot be read.
  public func fingerprint(of components: [String] = []) throws(CheckpointError) -> String {
    var hash = SHA256()
    func add(_ text: String) { Array(text.utf8).withUnsafeBytes { hash.update($0) } }
    for component in components.isEmpty ? [""] : components.sorted() {
      let folder = component.isEmpty ? url : url.appendingPathComponent(component)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
      for name in names.sorted() where [".json", ".txt", ".safetensors"].contains(where: name.hasSuffix) {
        add("\(component)/\(name)\n")
        for digest in try Self.digests(ofFile: folder.appendingPathComponent(name).path) { add(digest) }
      }
    }
    return hash.hexDigest()
  }

  private static func digests(ofFile path: String) throws(CheckpointError) -> [String] {
    let mapping = try FileMapping(path: path)
    let size = 8 << 20
    let count = (mapping.bytes.count + size - 1) / size
    var digests = [String](repeating: "", count: count)
    digests.withUnsafeMutableBufferPointer { digests in
      Parallel.forEach(count) { chunk in
        var hash = SHA256()
        let range = (chunk * size)..<min((chunk + 1) * size, mapping.bytes.count)
        hash.update(UnsafeRawBufferPointer(rebasing: mapping.bytes[range]))
        digests[chunk] = hash.hexDigest()
      }
    }
    return digests
  }
}
