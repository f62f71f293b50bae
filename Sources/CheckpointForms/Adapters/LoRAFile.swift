import Checkpoints
import Digests
import Foundation
import Tensors

/// A LoRA (Hu et al. 2021) on disk: products of two small matrices, each to be added to the weights of a layer; also
/// LoCon, which does the same with convolutions.
struct LoRAFile {
  /// A layer's tensors, by their names in the file.
  struct Layer {
    let part: String
    let name: String
    let flatName: String
    let down: String
    let up: String
    let mid: String?
    let alpha: String?
  }

  let file: SafetensorsFile
  /// By part and name.
  let layers: [Layer]
  private let scaling: PEFTScaling?

  /// - Throws: ``CheckpointError`` when the file is missing, damaged, or no LoRA.
  init(_ url: URL) throws(CheckpointError) {
    file = try SafetensorsFile(url)
    guard !file.keys.isEmpty else { throw .unreadable(path: url.path, reason: "holds no tensors") }
    var found: [String: [LoRATensorName.Role: String]] = [:]
    var names: [String: LoRATensorName] = [:]
    for key in file.keys.sorted() {
      guard let name = LoRATensorName(key) else { throw ForeignAdapter.error(key, path: url.path) }
      let place = "\(name.part) \(name.flatLayer)"
      if let other = found[place]?[name.role] {
        throw .badConfiguration(
          path: url.path, field: key, reason: "is about the same layer as '\(other)'; which one counts?")
      }
      found[place, default: [:]][name.role] = key
      names[place] = name
    }
    var layers: [Layer] = []
    for (place, name) in names.sorted(by: { $0.key < $1.key }) {
      let tensors = found[place] ?? [:]
      guard let down = tensors[.down], let up = tensors[.up] else {
        throw .badConfiguration(
          path: url.path, field: tensors.values.min() ?? name.layer,
          reason:
            "lacks its partner: a change of a layer has a 'down' and an 'up' tensor; download the file again")
      }
      layers.append(
        Layer(
          part: name.part, name: name.layer, flatName: name.flatLayer, down: down, up: up,
          mid: tensors[.mid],
          alpha: tensors[.alpha]))
    }
    self.layers = layers
    scaling = try PEFTScaling(file, needsFile: layers.contains { $0.alpha == nil })
  }

  /// SHA-256, in hexadecimal digits: that of the file, and where another beside it says how strongly the LoRA acts, of
  /// both.
  var fingerprint: String {
    guard let beside = scaling?.file else { return file.digest }
    return SHA256.hex(of: Array(file.digest.utf8) + Array(beside))
  }

  /// Of the change's inner side.
  func rank(_ layer: Layer) -> Int { file.shape(of: layer.down)?.dimensions.first ?? 0 }

  /// What `up · down` is scaled by: alpha/rank, where alpha is the rank unless it is stated.
  /// - Throws: ``CheckpointError`` when the alpha is no number.
  func scale(_ layer: Layer) throws(CheckpointError) -> Double {
    let rank = Double(max(rank(layer), 1))
    guard let key = layer.alpha else { return scaling?.scale(layer, rank: rank) ?? 1 }
    let alpha = try file.tensor(key).values
    guard alpha.count == 1, alpha[0].isFinite else {
      throw .badConfiguration(path: file.path, field: key, reason: "is no alpha, which is one finite number")
    }
    return Double(alpha[0]) / rank
  }

  /// The width of the text states that a UNet's layers are changed for: what tells the families apart.
  var crossAttentionWidth: Int? {
    layers.first {
      $0.part == "unet" && ($0.flatName.hasSuffix("attn2_to_k") || $0.flatName.hasSuffix("attn2_to_v"))
    }
    .flatMap { file.shape(of: $0.down)?.dimensions.dropFirst().first }
  }
}
