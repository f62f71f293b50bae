import Checkpoints
import Foundation

/// The folder of configuration files that a user may give for a single file.
struct ConfigurationFolder {
  private let directory: ModelDirectory?

  private static let files = [
    "model_index.json", "unet/config.json", "vae/config.json", "text_encoder/config.json",
    "scheduler/scheduler_config.json", "tokenizer",
  ]

  /// - Throws: ``CheckpointError`` when there is no such folder or nothing of the kind in it.
  init(_ path: String?, _ reading: Reading) throws(CheckpointError) {
    directory = try path.map { path throws(CheckpointError) in
      let directory = try ModelDirectory(reading, URL(fileURLWithPath: path, isDirectory: true))
      guard Self.files.contains(where: directory.has) else {
        throw .missingFile(
          path: directory.path(of: Self.files[0]),
          hint:
            "a folder of diffusers' configuration files has one or more of \(Self.files.joined(separator: ", "))"
        )
      }
      return directory
    }
  }

  func has(_ name: String) -> Bool { directory?.has(name) == true }

  func data(_ name: String) throws(CheckpointError) -> Data? {
    guard let directory, directory.has(name) else { return nil }
    return try directory.data(name)
  }

  /// A part's folder; nil unless it is there and has the file `name`.
  func folder(_ part: String, with name: String? = nil) throws(CheckpointError) -> ModelDirectory? {
    guard let directory, directory.has(name.map { "\(part)/\($0)" } ?? part) else { return nil }
    return try ModelDirectory(
      directory.url.appendingPathComponent(part), resident: directory.resident, cache: directory.digestCache)
  }
}
