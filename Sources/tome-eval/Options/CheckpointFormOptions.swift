import ArgumentParser
import CheckpointForms
import DemoCheckpoint
import Foundation

/// What goes with a checkpoint, by the form that it has.
struct CheckpointFormOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Of a folder's weights, the files of this variant, as in fp16 (default: those without one, else fp16, bf16 or "
        + "non_ema).", valueName: "name"))
  var variant: String?

  @Option(
    help: ArgumentHelp(
      "Another VAE than the model's own: a safetensors file or a folder in diffusers layout.",
      valueName: "file or dir"),
    completion: .file())
  var vae: String?

  @Option(
    help: ArgumentHelp(
      "For a single file: a folder of diffusers configuration files, which decide instead of its tensors.",
      valueName: "dir"),
    completion: .directory)
  var config: String?

  @Option(
    help: ArgumentHelp(
      "For a single file: a folder with vocab.json and merges.txt (default: one beside the file, or in the Hugging "
        + "Face cache).", valueName: "dir"),
    completion: .directory)
  var tokenizer: String?

  @Flag(help: "For a single file: its averaged weights (EMA) for the UNet, where it has both.")
  var ema = false

  /// - Parameter model: nil for the demonstration model
  func location(of model: String?) throws -> CheckpointLocation {
    let path = try model ?? DemoCheckpoint.folder().path
    // Others may work elsewhere; a name of the Hugging Face cache is none of a file.
    let exists = FileManager.default.fileExists(atPath: path)
    return CheckpointLocation(
      path: exists ? URL(fileURLWithPath: path).path : path, variant: variant, vae: vae,
      configuration: config,
      tokenizer: tokenizer, usesEMA: ema)
  }
}
