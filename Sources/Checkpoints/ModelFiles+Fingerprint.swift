import Digests

extension ModelFiles {
  /// A hash of everything in the folder that decides what the model computes: weights,
  /// configurations and vocabularies, by relative path and ``digests(of:)``, hashed together.
  ///
  /// - Parameter components: the subfolders that count, in any order; empty for the
  ///   folder's own files. One that is not there counts for nothing.
  /// - Throws: ``CheckpointError`` when a file cannot be read.
  public func fingerprint(of components: [String] = []) throws(CheckpointError) -> String {
    var hash = SHA256()
    func add(_ text: String) { Array(text.utf8).withUnsafeBytes { hash.update($0) } }
    for component in components.isEmpty ? [""] : components.sorted().filter(has) {
      let folder = component.isEmpty ? self : try self.component(component)
      let deciding = folder.names.filter { [".json", ".txt", ".safetensors"].contains(where: $0.hasSuffix) }
      for name in deciding.sorted() {
        add("\(component)/\(name)\n")
        for digest in try folder.digests(of: name) { add(digest) }
      }
    }
    return hash.hexDigest()
  }
}
