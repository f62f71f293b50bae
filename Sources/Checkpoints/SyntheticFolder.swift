public import Foundation

/// A model folder without a disk: configuration files in memory, and weights made of random numbers.
public struct SyntheticFolder: Sendable {
  /// By path below the folder, as in `unet/config.json`.
  public let files: [String: Data]
  public let tensors: RandomTensors

  public init(files: [String: Data], tensors: RandomTensors) {
    self.files = files
    self.tensors = tensors
  }

  /// The subfolder `name`, nil when nothing lies there.
  func part(_ name: String) -> SyntheticFolder? {
    let inside = files.filter { $0.key.hasPrefix(name + "/") }
    guard !inside.isEmpty else { return nil }
    return SyntheticFolder(
      files: Dictionary(
        uniqueKeysWithValues: inside.map { (String($0.key.dropFirst(name.count + 1)), $0.value) }),
      tensors: tensors)
  }
}
