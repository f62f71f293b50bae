import Digests
package import Foundation

/// A model folder without a disk: configuration files in memory, and weights made of random numbers.
package struct SyntheticFolder: ModelFiles {
  package let path: String
  /// By path below the folder, as in `unet/config.json`.
  private let files: [String: Data]
  private let random: RandomTensors
  package let resident = WeightsResidency.stored

  /// What the random numbers of a component stand for.
  private static let weights = "model.safetensors"

  /// - Parameters:
  ///   - path: stands for the folder in messages
  ///   - files: by path below the folder, as in `unet/config.json`
  ///   - tensors: the weights of every component
  package init(path: String, files: [String: Data], tensors: RandomTensors) {
    self.path = path
    self.files = files
    random = tensors
  }

  package func has(_ name: String) -> Bool {
    name == Self.weights || files.keys.contains { $0 == name || $0.hasPrefix(name + "/") }
  }

  package func data(_ name: String) throws(CheckpointError) -> Data {
    guard let data = files[name] else { throw missing(name) }
    return data
  }

  package func component(_ name: String) throws(CheckpointError) -> any ModelFiles {
    let inside = files.filter { $0.key.hasPrefix(name + "/") }
    guard !inside.isEmpty else { throw missing(name) }
    return SyntheticFolder(
      path: path(of: name),
      files: Dictionary(
        uniqueKeysWithValues: inside.map { (String($0.key.dropFirst(name.count + 1)), $0.value) }),
      tensors: random)
  }

  package func tensors(_ name: String) throws(CheckpointError) -> any TensorSource {
    guard name == Self.weights else { throw missing(name) }
    return random
  }

  package func digests(of name: String) throws(CheckpointError) -> [String] {
    // Random numbers are known by their seed.
    [SHA256.hex(of: name == Self.weights ? Array("\(random.seed)".utf8) : Array(try data(name)))]
  }

  private func missing(_ name: String) -> CheckpointError {
    .missingFile(path: path(of: name), hint: "a checkpoint of random weights has no such part")
  }
}
