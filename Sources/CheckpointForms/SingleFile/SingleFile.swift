import Checkpoints
import Foundation

/// A Stable Diffusion checkpoint in one safetensors file, in the naming of its original training code: what web UIs
/// use and model sites offer.
struct SingleFile {
  let folder: ModelDirectory
  let name: String
  let file: SafetensorsFile
  let family: Family
  let usesEMA: Bool
  let keys: [String]

  static let unet = "model.diffusion_model."
  static let autoencoder = "first_stage_model."

  /// - Parameter usesEMA: whether the averaged weights are taken for the UNet
  /// - Throws: ``CheckpointError`` saying what the file is instead, or what it lacks.
  init(_ url: URL, _ reading: Reading, usesEMA: Bool) throws(CheckpointError) {
    folder = try ModelDirectory(reading, url.deletingLastPathComponent())
    name = url.lastPathComponent
    file = try SafetensorsFile(url)
    keys = file.keys.sorted()
    if let foreign = ForeignCheckpoint(keys) { throw foreign.error(path: file.path) }
    guard let family = Family(keys) else { throw ForeignCheckpoint.unknown(keys, path: file.path) }
    guard family == .xl || !keys.contains(where: { $0.hasPrefix(Self.unet + "label_emb.") }) else {
      throw ForeignCheckpoint.pictured.error(path: file.path)
    }
    self.family = family
    self.usesEMA = usesEMA
    guard !usesEMA || hasEMA else {
      throw .unreadable(path: file.path, reason: "has no averaged weights (model_ema.*); load it without")
    }
  }

  var hasEMA: Bool { keys.contains { $0.hasPrefix("model_ema.diffusion_model") } }

  /// What follows the prefix in the names that begin with it.
  func names(below prefix: String) -> [String] {
    keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }

  /// Of the UNet, the averaged ones where they are wanted.
  func unetTensors() throws(CheckpointError) -> RecipeTensors {
    let names = names(below: Self.unet)
    return try RecipeTensors(file, names, UNetNames.rules(names)) { name in
      // The averaged weights are kept under names without points.
      usesEMA ? "model_ema.diffusion_model" + name.replacing(".", with: "") : Self.unet + name
    }
  }

  func towerTensors(_ tower: Family.Tower) throws(CheckpointError) -> RecipeTensors {
    let names = names(below: tower.prefix)
    let rules = tower.layout == .openAI ? TextTowerNames.openAI : TextTowerNames.openCLIP
    let dropped = tower.layout == .openCLIP ? unused(names) : []
    return try RecipeTensors(
      file, names.filter { name in !dropped.contains { name.hasPrefix($0) } }, rules
    ) { tower.prefix + $0 }
  }

  /// What of an OpenCLIP tower is not used, by what the names begin with.
  private func unused(_ names: [String]) -> [String] {
    let always = ["logit_scale", "attn_mask"]
    guard family.dropsLastLayer else { return always }
    let layers = names.compactMap { name in
      name.prefixMatch(of: /transformer\.resblocks\.(\d+)\./).flatMap { Int($0.1) }
    }
    // A tower that diffusers has written back lacks its last layer, and the projection after it, already.
    let isWhole = names.contains("text_projection") || layers.max() == 23
    return always + ["text_projection"]
      + (isWhole ? layers.max().map { ["transformer.resblocks.\($0)."] } ?? [] : [])
  }
}
