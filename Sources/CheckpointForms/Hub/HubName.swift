import Checkpoints

/// A model's name on the Hugging Face Hub: `org/name`, or `org/name@revision` with a branch, a tag or a commit.
public struct HubName: Hashable, Sendable, CustomStringConvertible {
  public let repository: String
  /// Nil for the branch `main`.
  public let revision: String?

  /// Nil for what cannot be such a name.
  public init?(_ text: String) {
    guard let match = text.wholeMatch(of: /([A-Za-z0-9][\w.\-]*\/[\w.\-]+)(?:@([\w.\-\/]+))?/) else {
      return nil
    }
    repository = String(match.1)
    revision = match.2.map(String.init)
    // Both become paths.
    let parts = (repository + "/" + (revision ?? "main")).split(
      separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else { return nil }
  }

  public var description: String { repository + (revision.map { "@\($0)" } ?? "") }

  /// What the cache calls its folder.
  var folder: String { "models--" + repository.replacing("/", with: "--") }

  /// The command that fetches files of it into the cache.
  /// - Parameter files: names, or patterns of them
  func download(_ files: [String]) -> String {
    let quoted = files.map { $0.contains("*") ? "'\($0)'" : $0 }
    return "hf download \(repository) " + (revision.map { "--revision \($0) " } ?? "")
      + quoted.joined(separator: " ")
  }

  /// The command that fetches what a pipeline reads, and nothing else of it.
  /// - Parameter variant: of the weights
  func downloadPipeline(variant: String?) -> String {
    func weights(_ part: String, _ base: String) -> [String] {
      let names =
        variant.map { [".\($0).safetensors", "-*.\($0).safetensors"] } ?? [".safetensors", "-*.safetensors"]
      return ["\(part)/*.json"] + names.map { "\(part)/\(base)\($0)" }
    }
    return download(
      ["model_index.json", "scheduler/*", "tokenizer*/*"] + weights("text_encoder*", "model")
        + weights("unet", "diffusion_pytorch_model") + weights("vae", "diffusion_pytorch_model"))
  }

  /// Fails where the cache holds a part of the model only.
  /// - Parameter files: the model's folder in the cache
  func requireWhole(_ files: ModelDirectory) throws(CheckpointError) {
    let command = downloadPipeline(variant: files.variant)
    func incomplete(_ name: String) -> CheckpointError {
      .missingFile(
        path: files.path(of: name),
        hint: "the Hugging Face cache has a part of \(self) only; fetch all of it: \(command)")
    }
    guard files.has("model_index.json") else { throw incomplete("model_index.json") }
    let index = try files.fields(of: "model_index.json")
    for part in ["scheduler", "tokenizer", "tokenizer_2", "text_encoder", "text_encoder_2", "unet", "vae"] {
      // Parts that a pipeline does without are listed as [null, null].
      guard case .array(let names) = index.value(part), names.contains(where: { $0 != .null }) else {
        continue
      }
      guard files.has(part) else { throw incomplete(part) }
      guard !part.hasPrefix("tokenizer"), part != "scheduler" else { continue }
      let folder = try files.component(part)
      guard folder.has("config.json") else { throw incomplete("\(part)/config.json") }
      do {
        _ = try folder.weightsName()
      } catch .missingFile(let path, let hint) {
        throw .missingFile(path: path, hint: "\(hint); to fetch what is missing: \(command)")
      }
    }
  }
}
