import Digests
package import Foundation
import Synchronization

/// A model's files that remembers which of them were read: exactly those decide what the model computes, and only
/// they are in its ``fingerprint``.
package struct LoadedFiles: ModelFiles {
  private let files: any ModelFiles
  /// Below the model's folder, as in `unet`; empty for the folder itself.
  private let component: String
  private let read: Record

  private final class Record: Sendable {
    let files = Mutex<[(component: String, name: String, folder: any ModelFiles)]>([])
  }

  package init(_ files: any ModelFiles) {
    self.init(files, component: "", read: Record())
  }

  private init(_ files: any ModelFiles, component: String, read: Record) {
    self.files = files
    self.component = component
    self.read = read
  }

  /// A name for exactly the files read so far: SHA-256 over the paths below the model's folder and the
  /// ``ModelFiles/digests(of:)`` of every one.
  ///
  /// Reads all of them, unless their digests are cached; ask once and keep it.
  package var fingerprint: String {
    get throws(CheckpointError) {
      var hash = SHA256()
      func add(_ text: String) { Array(text.utf8).withUnsafeBytes { hash.update($0) } }
      let files = read.files.withLock(\.self)
      for file in files.sorted(by: { ($0.component, $0.name) < ($1.component, $1.name) }) {
        add("\(file.component)/\(file.name)\n")
        for digest in try file.folder.digests(of: file.name) { add(digest) }
      }
      return hash.hexDigest()
    }
  }

  package var path: String { files.path }
  package var resident: WeightsResidency { files.resident }
  package var variant: String? { files.variant }
  package func weightsName() throws(CheckpointError) -> String { try files.weightsName() }

  package func has(_ name: String) -> Bool { files.has(name) }

  package func data(_ name: String) throws(CheckpointError) -> Data {
    let data = try files.data(name)
    remember(name)
    return data
  }

  package func tensors(_ name: String) throws(CheckpointError) -> any TensorSource {
    let tensors = try files.tensors(name)
    remember(name)
    return tensors
  }

  package func component(_ name: String) throws(CheckpointError) -> any ModelFiles {
    LoadedFiles(
      try files.component(name), component: component.isEmpty ? name : "\(component)/\(name)", read: read)
  }

  package func digests(of name: String) throws(CheckpointError) -> [String] { try files.digests(of: name) }

  private func remember(_ name: String) {
    read.files.withLock { files in
      guard !files.contains(where: { ($0.component, $0.name) == (component, name) }) else { return }
      files.append((component, name, self.files))
    }
  }
}
