import Checkpoints
import Foundation

/// Where the tokenizer of a single file comes from, which has none. That of CLIP, the same for all towers but for what
/// texts are filled up with.
struct TokenizerPlace {
  private let folder: ModelDirectory?

  /// Models that hold it, with the folder in them.
  private static let models = [
    ("openai/clip-vit-large-patch14", nil), ("stable-diffusion-v1-5/stable-diffusion-v1-5", "tokenizer"),
    ("stabilityai/stable-diffusion-xl-base-1.0", "tokenizer"),
    ("stabilityai/stable-diffusion-2-1", "tokenizer"),
    ("stabilityai/stable-diffusion-2-1-base", "tokenizer"), ("CompVis/stable-diffusion-v1-4", "tokenizer"),
    ("runwayml/stable-diffusion-v1-5", "tokenizer"),
  ]
  private static let files = ["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"]

  /// - Parameters:
  ///   - given: by the user
  ///   - beside: the folder of the file
  ///   - path: of the file
  ///   - isNeeded: whether any part lacks one
  /// - Throws: ``CheckpointError`` when it is in none of these places, with the command that fetches it.
  init(
    given: String?, beside: ModelDirectory, hub: HubCache, of path: String, isNeeded: Bool
  ) throws(CheckpointError) {
    if let given {
      let folder = try ModelDirectory(
        URL(fileURLWithPath: given, isDirectory: true), resident: beside.resident, cache: beside.digestCache)
      // A whole model's folder will do.
      let inner = folder.url.appendingPathComponent("tokenizer")
      self.folder =
        Self.isTokenizer(folder.url) || !Self.isTokenizer(inner)
        ? folder : try ModelDirectory(inner, resident: beside.resident, cache: beside.digestCache)
      return
    }
    guard isNeeded else {
      folder = nil
      return
    }
    let besides = [beside.url.appendingPathComponent("tokenizer"), beside.url]
    let cached = Self.models.compactMap { repository, inner in
      HubName(repository).flatMap(hub.snapshot).map { inner.map($0.appendingPathComponent) ?? $0 }
    }
    guard let found = (besides + cached).first(where: Self.isTokenizer) else {
      let command = HubName(Self.models[0].0)?.download(Self.files) ?? ""
      throw .missingPart(
        path: path, part: "tokenizer",
        reason:
          "a single file has no tokenizer, and there is none beside it (tokenizer/vocab.json and merges.txt) "
          + "nor in the Hugging Face cache (\(hub.root.path)); to fetch CLIP's: \(command)")
    }
    folder = try ModelDirectory(found, resident: beside.resident, cache: beside.digestCache)
  }

  private static func isTokenizer(_ folder: URL) -> Bool {
    func has(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path)
    }
    return has("vocab.json") && has("merges.txt") || has("tokenizer.json")
  }

  /// Nil where none is needed.
  var path: String? { folder?.path }

  /// The tokenizer for a tower.
  /// - Parameter padding: the token that texts are filled up with, whatever the folder's own settings say
  func padded(with padding: String) throws(CheckpointError) -> AssembledFiles {
    guard let folder else { preconditionFailure("a tokenizer that was not needed") }
    var files = AssembledFiles(path: folder.path, resident: folder.resident, base: folder)
    // Where there are both, the second one counts.
    for name in ["tokenizer_config.json", "special_tokens_map.json"] {
      guard folder.has(name) || name == "tokenizer_config.json" else { continue }
      var fields = folder.has(name) ? try folder.decode([String: JSONValue].self, from: name) : [:]
      fields["pad_token"] = .string(padding)
      files.files[name] = JSONValue.object(fields).file()
    }
    return files
  }
}
