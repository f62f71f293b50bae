import ArgumentParser
import CLIPModels
import CheckpointForms
import Foundation

extension LoRAChoice: ExplainedArgument {
  /// - Parameter text: a file, and a scale behind a colon where it is not 1
  init(parsing text: String) throws(ArgumentProblem) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count > 1, let last = parts.last, !FileManager.default.fileExists(atPath: text) else {
      self.init(path: Self.absolute(text))
      return
    }
    guard let scale = Double(last) else {
      throw ArgumentProblem(
        "'\(last)' is no scale; write the file and how strongly it acts, as in style.safetensors:0.8")
    }
    guard scale.isFinite, abs(scale) <= 1000 else {
      throw ArgumentProblem("a scale of \(last) is out of range; 1 is the LoRA as it was trained")
    }
    self.init(path: Self.absolute(parts.dropLast().joined(separator: ":")), scale: scale)
  }

  /// Others may work elsewhere.
  private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).path }
}

/// What is added to a checkpoint.
struct AdapterOptions: ParsableArguments {
  @Option(
    name: .customLong("lora"),
    help: ArgumentHelp(
      "A LoRA or LoCon that is added to the model's weights, in kohya's, diffusers' or PEFT's naming, and how strongly it "
        + "acts (default: 1); repeatable. Its file's hash and its scale are a part of what tells pictures apart.",
      valueName: "file[:scale]"),
    transform: LoRAChoice.init(parsing:))
  var loras: [LoRAChoice] = []

  @Option(
    name: .customLong("embedding"),
    help: ArgumentHelp(
      "A textual inversion, a safetensors file as diffusers writes it or with the web UI's emb_params or SDXL's clip_l and "
        + "clip_g: a word for prompts, called after the tensor or else after the file; repeatable.",
      valueName: "file"),
    completion: .file(extensions: ["safetensors"]))
  var embeddings: [String] = []

  /// The words that are added.
  func words() throws -> [TextualInversion] {
    try embeddings.map { try TextualInversion(URL(fileURLWithPath: $0)) }
  }

  /// The options given, for engines that have none of them.
  var given: [String] { (loras.isEmpty ? [] : ["--lora"]) + (embeddings.isEmpty ? [] : ["--embedding"]) }
}
