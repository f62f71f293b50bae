import Checkpoints
import Foundation

extension SingleFile {
  /// The file as the folder that diffusers would make of it.
  /// - Parameter location: says what stands in for parts of it
  /// - Throws: ``CheckpointError`` when a part is missing, or the tensors do not show what they belong to.
  func assembled(
    _ location: CheckpointLocation, _ reading: Reading
  ) throws(CheckpointError) -> OpenCheckpoint {
    let configuration = try ConfigurationFolder(location.configuration, reading)
    let prediction = Prediction(family, file)
    let tokenizer = try TokenizerPlace(
      given: location.tokenizer, beside: folder, hub: reading.hub, of: file.path,
      isNeeded: !family.towers.allSatisfy { configuration.has($0.tokenizer) })
    var whole = AssembledFiles(path: file.path, resident: folder.resident)
    whole.files["model_index.json"] = try configuration.data("model_index.json") ?? family.index.file()
    whole.parts["unet"] = try unetPart(configuration, family.sampleSize(prediction))
    if let path = location.vae {
      whole.parts["vae"] = try AutoencoderPlace(path, reading).part(scalingFactor: family.scalingFactor)
    } else {
      whole.parts["vae"] = try autoencoderPart(configuration)
    }
    whole.parts["scheduler"] =
      try configuration.folder("scheduler", with: "scheduler_config.json")
      ?? described("scheduler", ["scheduler_config.json": family.scheduler(prediction)])
    for tower in family.towers {
      whole.parts[tower.part] = try towerPart(tower, configuration)
      if let folder = try configuration.folder(tower.tokenizer) {
        whole.parts[tower.tokenizer] = folder
      } else {
        whole.parts[tower.tokenizer] = try tokenizer.padded(with: tower.padding)
      }
    }
    return OpenCheckpoint(
      files: whole, name: (name as NSString).deletingPathExtension,
      notes: notes(prediction, configuration, tokenizer))
  }

  private func unetPart(
    _ configuration: ConfigurationFolder, _ sampleSize: Int
  ) throws(CheckpointError) -> AssembledFiles {
    let tensors = try unetTensors()
    return try part("unet", tensors, usesEMA ? "model_ema" : "model", configuration) {
      () throws(CheckpointError) in try UNetShown.configuration(tensors, sampleSize: sampleSize)
    }
  }

  private func towerPart(
    _ tower: Family.Tower, _ configuration: ConfigurationFolder
  ) throws(CheckpointError) -> AssembledFiles {
    let tensors = try towerTensors(tower)
    return try part(tower.part, tensors, "model", configuration) {
      () throws(CheckpointError) in try TextTowerShown.configuration(tensors, tower)
    }
  }

  private func autoencoderPart(
    _ configuration: ConfigurationFolder
  ) throws(CheckpointError) -> AssembledFiles {
    let names = names(below: Self.autoencoder)
    guard !names.isEmpty else {
      throw .missingPart(
        path: file.path, part: "vae",
        reason: "has no autoencoder (\(Self.autoencoder)*), as files without a VAE do")
    }
    let tensors = try AutoencoderPlace.tensors(file, below: Self.autoencoder, names)
    return try part("vae", tensors, "model", configuration) { () throws(CheckpointError) in
      try AutoencoderShown.configuration(tensors, scalingFactor: family.scalingFactor)
    }
  }

  /// A part with its weights, and the given configuration or what the tensors show.
  /// - Parameter name: of the weights, which tells them from others of the file
  private func part(
    _ part: String, _ tensors: any TensorSource, _ name: String, _ configuration: ConfigurationFolder,
    shown: () throws(CheckpointError) -> JSONValue
  ) throws(CheckpointError) -> AssembledFiles {
    var files: AssembledFiles
    if let given = try configuration.folder(part, with: "config.json") {
      files = AssembledFiles(path: given.path, resident: folder.resident, base: given)
    } else {
      files = try described(part, ["config.json": shown()])
    }
    files.weights = PartWeights(
      name: "\(name).safetensors", tensors: tensors, folder: folder, file: self.name)
    return files
  }

  private func described(_ part: String, _ files: [String: JSONValue]) -> AssembledFiles {
    AssembledFiles(
      path: "\(file.path) (\(part))", resident: folder.resident, files: files.mapValues { $0.file() })
  }
}
