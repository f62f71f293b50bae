import Checkpoints
import Foundation

/// An autoencoder given by itself: a folder of diffusers, or a safetensors file in either naming.
struct AutoencoderPlace {
  private let url: URL
  private let reading: Reading

  init(_ path: String, _ reading: Reading) {
    url = URL(fileURLWithPath: path)
    self.reading = reading
  }

  /// The `vae` of a folder.
  /// - Parameter scalingFactor: of the checkpoint whose autoencoder it replaces, where it has no configuration of its
  ///   own
  /// - Throws: ``CheckpointError`` when it is no autoencoder.
  func part(scalingFactor: Double) throws(CheckpointError) -> any ModelFiles {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory), !isDirectory.boolValue
    else {
      let folder = try ModelDirectory(reading, url)
      // Of a whole model's folder, its autoencoder.
      return folder.has("vae/config.json") ? try folder.component("vae") : folder
    }
    let file = try SafetensorsFile(url)
    let keys = file.keys
    let prefix = keys.contains { $0.hasPrefix(SingleFile.autoencoder) } ? SingleFile.autoencoder : ""
    let names = keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    guard names.contains("decoder.conv_in.weight"), names.contains("decoder.conv_out.weight") else {
      throw .mistaken(
        path: file.path, what: "no autoencoder, which has a tensor 'decoder.conv_in.weight'",
        advice: "pass the VAE's safetensors file or its diffusers folder")
    }
    let folder = try ModelDirectory(reading, url.deletingLastPathComponent())
    let tensors = try Self.tensors(file, below: prefix, names)
    var part = AssembledFiles(path: "\(file.path) (vae)", resident: reading.resident)
    part.files["config.json"] = try AutoencoderShown.configuration(tensors, scalingFactor: scalingFactor)
      .file()
    part.weights = PartWeights(
      name: "model.safetensors", tensors: tensors, folder: folder, file: url.lastPathComponent)
    return part
  }

  /// The tensors of an autoencoder, in diffusers' naming whichever they have in the file.
  /// - Parameter names: without the prefix
  static func tensors(
    _ file: SafetensorsFile, below prefix: String, _ names: [String]
  ) throws(CheckpointError) -> RecipeTensors {
    // What it was trained with.
    let names = names.filter { !$0.hasPrefix("loss.") && !$0.hasPrefix("model_ema.") }
    return try RecipeTensors(file, names, AutoencoderNames.rules(names)) { prefix + $0 }
  }
}
